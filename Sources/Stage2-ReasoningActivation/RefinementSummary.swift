import Pipeline

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
    /// Mean perplexity of kept and of dropped chains of thought.
    public var meanPerplexityKept: Double
    /// See `meanPerplexityKept`.
    public var meanPerplexityDropped: Double

    init(_ scores: [ReasoningScore], threshold: Double, candidatesPerPrompt: Int) {
        self.threshold = threshold
        candidates = scores.count
        kept = scores.count(where: \.isKept)
        leaks = scores.count(where: \.isLeaking)
        let perPrompt = Dictionary(grouping: scores, by: \.sample).values.map { $0.count(where: \.isKept) }
        promptsByKept = (0...candidatesPerPrompt).map { count in perPrompt.count { $0 == count } }
        func mean(_ values: [Double]) -> Double {
            values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
        }
        meanPerplexityKept = mean(scores.filter(\.isKept).map(\.score.perplexity))
        meanPerplexityDropped = mean(scores.filter { !$0.isKept }.map(\.score.perplexity))
    }
}

/// Eq. (1) of one of the teacher's chains of thought.
public struct ReasoningScore: Codable, Sendable, Equatable {
    /// The prompt sample's id.
    public var sample: String
    /// The chain of thought's place among the prompt's candidates.
    public var index: Int
    /// T and log-likelihood.
    public var score: AnswerScore
    /// exp(−logLikelihood / T), written out for readers of the file.
    public var perplexity: Double
    /// Whether it says that the answer was given.
    public var isLeaking: Bool
    /// Whether it is fine-tuned on.
    public var isKept: Bool
}
