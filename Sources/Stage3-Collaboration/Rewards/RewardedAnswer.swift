public import Evaluation
public import Pipeline

/// What one rollout said and what it earned.
public struct RewardedAnswer: Codable, Sendable, Equatable {
    /// What came of an answer. Never an exception: a policy may write anything.
    public enum Outcome: String, Codable, Sendable, CaseIterable {
        /// It means an item of the catalogue.
        case grounded
        /// It names an item whose nearest catalogue title is farther than the threshold.
        case offCatalogue
        /// It has text and no item in it.
        case unparseable
        /// There is none.
        case missing
    }

    /// The parts of the completion.
    public var answer: ParsedAnswer
    /// What came of it.
    public var outcome: Outcome
    /// The nearest catalogue item; nil when the answer names none.
    public var grounding: Grounding?
    /// Every reward that the run pays, raw.
    public var rewards: [RewardSource: Double]

    /// A record.
    public init(
        answer: ParsedAnswer, outcome: Outcome, grounding: Grounding?, rewards: [RewardSource: Double]
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
        }
    }
}
