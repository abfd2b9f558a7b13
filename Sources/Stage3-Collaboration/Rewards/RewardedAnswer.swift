public import Evaluation
public import Pipeline

/// What one rollout said and what it earned.
public struct RewardedAnswer: Codable, Sendable, Equatable {
    /// The parts of the completion.
    public var answer: ParsedAnswer
    /// How it relates to the catalogue.
    public var outcome: AnswerOutcome
    /// The nearest catalogue item; nil when the answer names none.
    public var grounding: Grounding?
    /// Every reward that the run pays, raw.
    public var rewards: [RewardSource: Double]

    /// Takes every value.
    public init(
        answer: ParsedAnswer, outcome: AnswerOutcome, grounding: Grounding?, rewards: [RewardSource: Double]
    ) {
        self.answer = answer
        self.outcome = outcome
        self.grounding = grounding
        self.rewards = rewards
    }
}

extension [[RewardedAnswer]] {
    /// The rewards by source, `[K][N][G]`.
    public func table(_ sources: [RewardSource]) -> RewardTable {
        sources.map { source in map { group in group.map { $0.rewards[source] ?? source.minimum } } }
    }
}

extension RewardSource {
    /// What a rollout without an answer earns: the least that there is.
    public var minimum: Double {
        switch self {
        case .semantic: SemanticReward.minimum
        case .collaborative: CollaborativeReward.minimum
        case .format, .length: 0
        case .reasoning: ReasoningReward.minimum
        }
    }
}
