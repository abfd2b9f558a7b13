/// Reasoning activation: Open-ended Rejection sampling Fine-Tuning, §2.2.
public struct ActivateConfiguration: Codable, Sendable, Equatable {
    /// The threshold R, as a quantile of all perplexities: reasoning below it is kept; 0.5 is the median.
    public var thresholdPercentile = 0.5
    /// Drop chains of thought that reveal that the answer was given.
    public var excludesLeaks = true
    /// Minimum cosine at which a sentence before the conclusion counts as the true title in other words; 1
    /// finds none.
    public var paraphraseThreshold = 0.8
    /// Drop chains of thought whose gain over their own words of the answer is below `minimumGain`: they only
    /// restate it.
    public var excludesRestatements = false
    /// The least by which the whole chain of thought raises the log-likelihood of the true answer over those
    /// of its words that the answer has.
    public var minimumGain = 0.0
    /// Passes over the refined samples.
    public var epochs = 1
    /// N of Eq. (2): prompts per optimizer step, each with its kept reasoning.
    public var batchSize = 8
    /// Peak learning rate. The paper's needs far more steps than a laptop can do.
    public var learningRate = 1e-4
    /// Share of the steps over which the learning rate rises to its peak.
    public var warmUpShare = 0.1
    /// Steps between checkpoints.
    public var checkpointInterval = 4
    /// Prompts held out of training to measure the loss, at most a quarter of all.
    public var validationSamples = 6
    /// Maximum number of tokens computed at once; larger batches are accumulated in parts. A single prompt
    /// with its samples may exceed it.
    public var microBatchTokens = 1024
    /// Recompute each layer in the backward pass instead of keeping its activations.
    public var recomputesActivations = false
    /// Element type of matrix products; weights, gradients and sums stay float32.
    public var productType = ProductType.float32
    /// A server that computes Eq. (1) in place of the local engine, with the model that is fine-tuned.
    public var endpoint = EndpointConfiguration()
    /// Train low-rank adapters in place of all weights; they are merged into the checkpoint.
    public var adapters = AdapterConfiguration()

    /// The demo's values.
    public init() {}
}
