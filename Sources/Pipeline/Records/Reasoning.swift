/// Eq. (1) of one of the teacher's chains of thought: a line of `scores.jsonl`.
public struct ReasoningScore: Codable, Sendable, Equatable {
    /// Id of the prompt sample.
    public var sample: String
    /// The chain of thought's place among the prompt's candidates.
    public var index: Int
    /// T of Eq. (1), tokens of the true answer.
    public var tokenCount: Int
    /// Σ log P of these tokens, natural logarithm.
    public var logLikelihood: Double
    /// Eq. (1).
    public var perplexity: Double
    /// Whether the reasoning says that the answer was given.
    public var isLeaking: Bool
    /// Whether it is fine-tuned on.
    public var isKept: Bool

    /// Takes every value.
    public init(
        sample: String, index: Int, tokenCount: Int, logLikelihood: Double, perplexity: Double,
        isLeaking: Bool, isKept: Bool
    ) {
        self.sample = sample
        self.index = index
        self.tokenCount = tokenCount
        self.logLikelihood = logLikelihood
        self.perplexity = perplexity
        self.isLeaking = isLeaking
        self.isKept = isKept
    }
}

/// What open-ended rejection sampling kept of the teacher's chains of thought, §2.2.1.
public struct RefinementSummary: Codable, Sendable, Equatable {
    /// R.
    public var threshold: Double
    /// Chains of thought that were scored.
    public var candidates: Int
    /// Chains of thought with perplexity below R and, where so configured, no leak.
    public var kept: Int
    /// Chains of thought that say they were told the answer.
    public var leaks: Int
    /// Number of prompts that kept 0, 1, … chains of thought.
    public var promptsByKept: [Int]
    /// Mean perplexity of kept chains of thought; 0 without any.
    public var meanPerplexityKept: Double
    /// Mean perplexity of dropped chains of thought; 0 without any.
    public var meanPerplexityDropped: Double

    /// Takes every value.
    public init(
        threshold: Double, candidates: Int, kept: Int, leaks: Int, promptsByKept: [Int],
        meanPerplexityKept: Double, meanPerplexityDropped: Double
    ) {
        self.threshold = threshold
        self.candidates = candidates
        self.kept = kept
        self.leaks = leaks
        self.promptsByKept = promptsByKept
        self.meanPerplexityKept = meanPerplexityKept
        self.meanPerplexityDropped = meanPerplexityDropped
    }
}
