/// Reasoning activation: Open-ended Rejection sampling Fine-Tuning, §2.2.
public struct ActivateConfiguration: Codable, Sendable, Equatable {
    /// R of §2.2.1 as a share of the perplexities' distribution; 0.5 is the median.
    public var thresholdPercentile = 0.5
    /// Drop chains of thought that say they were told the answer.
    public var excludesLeaks = true
    /// Passes over the refined samples (§3.1.3: 1).
    public var epochs = 1
    /// N of Eq. (2): samples an optimizer step.
    public var batchSize = 8
    /// Peak learning rate. The paper's 1e-7 (§3.1.3) needs far more steps than a laptop has.
    public var learningRate = 1e-4
    /// Share of the steps that warm up.
    public var warmUpShare = 0.1
    /// Steps between checkpoints.
    public var checkpointInterval = 4
    /// Samples that are kept out of training to watch the loss.
    public var validationSamples = 6
    /// Most tokens that are computed together; a larger batch is accumulated in parts of this size. Bounds
    /// memory, and changes the sum of gradients by rounding alone. A single prompt with its samples may be
    /// longer. On a processor, 512 rows fill matrix products and still lie in its caches.
    public var microBatchTokens = 512
    /// Compute each layer once more in the backward pass instead of keeping what it made: less memory, a
    /// third more time.
    public var recomputesActivations = false
    /// The element type of matrix products. bfloat16 keeps float32 weights and sums.
    public var productType = ProductType.float32
    /// What is trained: all weights, or low-rank adapters, which are merged into the checkpoint.
    public var adapters = AdapterConfiguration()

    /// The demo's values.
    public init() {}
}
