/// A chain of thought that rejection sampling kept, §2.2.1.
public struct RefinedSample: Codable, Sendable, Equatable {
    /// Id of the prompt sample.
    public var sample: String
    /// The chain of thought's place among the prompt's candidates.
    public var index: Int
    /// The chain of thought.
    public var reasoning: String
    /// Eq. (1) of the true answer after it.
    public var perplexity: Double
    /// What is learnt as the answer instead of the true one, where the teacher was not shown it.
    public var prediction: String?

    /// A record.
    public init(
        sample: String, index: Int, reasoning: String, perplexity: Double, prediction: String? = nil
    ) {
        self.sample = sample
        self.index = index
        self.reasoning = reasoning
        self.perplexity = perplexity
        self.prediction = prediction
    }
}
