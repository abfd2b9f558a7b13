/// One step of fine-tuning: a line of its `metrics.jsonl`.
public struct FineTuningMetrics: Codable, Sendable, Equatable {
    /// Optimizer steps done, from 1.
    public var step: Int
    /// Eq. (2) of the batch.
    public var loss: Double
    /// Eq. (2) divided by the tokens: mean negative log-likelihood per output token, in nats.
    public var lossPerToken: Double
    /// Norm of the gradient before clipping.
    public var gradientNorm: Double
    /// Learning rate of the step.
    public var learningRate: Double

    /// Takes every value.
    public init(step: Int, loss: Double, lossPerToken: Double, gradientNorm: Double, learningRate: Double) {
        self.step = step
        self.loss = loss
        self.lossPerToken = lossPerToken
        self.gradientNorm = gradientNorm
        self.learningRate = learningRate
    }
}

/// How well the model predicts held-out outputs, before and after fine-tuning.
public struct FineTuningValidation: Codable, Sendable, Equatable {
    /// Mean negative log-likelihood per output token before the first step.
    public var before: Double
    /// The same after the last step.
    public var after: Double
    /// Held-out prompts.
    public var prompts: Int

    /// Takes every value.
    public init(before: Double, after: Double, prompts: Int) {
        self.before = before
        self.after = after
        self.prompts = prompts
    }
}
