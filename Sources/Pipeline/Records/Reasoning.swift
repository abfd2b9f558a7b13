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
    /// Ways in which the reasoning says that the answer was given; empty if none.
    public var leaks: [String]
    /// Eq. (1) without the sentences that leak; absent where none does.
    public var perplexityWithoutLeaks: Double?
    /// What the reasoning adds to the log-likelihood of its own words of the answer; absent where it was not
    /// asked for.
    public var gain: Double?
    /// Whether it is fine-tuned on.
    public var isKept: Bool

    /// Takes every value.
    public init(
        sample: String, index: Int, tokenCount: Int, logLikelihood: Double, perplexity: Double,
        leaks: [String] = [], perplexityWithoutLeaks: Double? = nil, gain: Double? = nil, isKept: Bool
    ) {
        self.sample = sample
        self.index = index
        self.tokenCount = tokenCount
        self.logLikelihood = logLikelihood
        self.perplexity = perplexity
        self.leaks = leaks
        self.perplexityWithoutLeaks = perplexityWithoutLeaks
        self.gain = gain
        self.isKept = isKept
    }
}

/// What open-ended rejection sampling kept of the teacher's chains of thought, §2.2.1.
public struct RefinementSummary: Codable, Sendable, Equatable {
    /// Mean perplexity of the chains of thought that leak, with and without the sentences that do.
    public struct LeakPerplexities: Codable, Sendable, Equatable {
        /// As they were written.
        public var with: Double
        /// Without these sentences. Far above the other: the answer came from them.
        public var without: Double

        /// Takes every value.
        public init(with: Double, without: Double) { (self.with, self.without) = (with, without) }
    }

    /// R.
    public var threshold: Double
    /// Chains of thought that were scored.
    public var candidates: Int
    /// Chains of thought with perplexity below R and, where so configured, no leak and a gain.
    public var kept: Int
    /// Chains of thought that say they were told the answer.
    public var leaks: Int
    /// The same by kind of leak; one may have several.
    public var leaksByKind: [String: Int]
    /// Absent where none leaks.
    public var leakPerplexities: LeakPerplexities?
    /// Chains of thought that only restate the answer; absent where it was not asked for.
    public var restatements: Int?
    /// Number of prompts that kept 0, 1, … chains of thought.
    public var promptsByKept: [Int]
    /// Mean perplexity of kept chains of thought; 0 without any.
    public var meanPerplexityKept: Double
    /// Mean perplexity of dropped chains of thought; 0 without any.
    public var meanPerplexityDropped: Double

    /// Takes every value.
    public init(
        threshold: Double, candidates: Int, kept: Int, leaks: Int, leaksByKind: [String: Int] = [:],
        leakPerplexities: LeakPerplexities? = nil, restatements: Int? = nil, promptsByKept: [Int],
        meanPerplexityKept: Double, meanPerplexityDropped: Double
    ) {
        self.threshold = threshold
        self.candidates = candidates
        self.kept = kept
        self.leaks = leaks
        self.leaksByKind = leaksByKind
        self.leakPerplexities = leakPerplexities
        self.restatements = restatements
        self.promptsByKept = promptsByKept
        self.meanPerplexityKept = meanPerplexityKept
        self.meanPerplexityDropped = meanPerplexityDropped
    }
}
