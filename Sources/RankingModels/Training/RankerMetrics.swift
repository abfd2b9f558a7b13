/// A line of a ranker's `metrics.jsonl`: one optimizer step.
public struct RankerMetrics: Codable, Sendable, Equatable {
    /// Steps done, from 1.
    public var step: Int
    /// Passes over the impressions that were begun, from 1.
    public var epoch: Int
    /// ESMM loss of the batch.
    public var loss: Double
    /// Norm of the gradient before clipping.
    public var gradientNorm: Double
    /// Rate of the step.
    public var learningRate: Double
    /// Loss on the kept-out impressions, in an epoch's last step.
    public var validationLoss: Double?
}
