/// The catalogue title that an answer means: the nearest one by embedding.
public struct Grounding: Codable, Sendable, Equatable {
    /// Place in the catalogue.
    public var entry: Int
    /// Cosine of the answered and the catalogue's title.
    public var similarity: Double

    /// Takes every value.
    public init(entry: Int, similarity: Double) {
        self.entry = entry
        self.similarity = similarity
    }
}

/// How an answer relates to the catalogue. Never an exception: a policy may write anything.
public enum AnswerOutcome: String, Codable, Sendable, CaseIterable {
    /// It means an item of the catalogue.
    case grounded
    /// It names an item whose nearest catalogue title is farther than the threshold.
    case offCatalogue
    /// It has text and no item in it, or not the form that is required.
    case unparseable
    /// There is none.
    case missing
}

/// What the policy wrote at a step and what it earned: a line of `rollouts.jsonl`.
public struct RolloutRecord: Codable, Sendable, Equatable {
    /// Step, from 1.
    public var step: Int
    /// Id of the prompt sample.
    public var sample: String
    /// Place in the group.
    public var index: Int
    /// The completion.
    public var text: String
    /// Number of tokens.
    public var tokens: Int
    /// Whether it reached the maximum number of tokens.
    public var isTruncated: Bool
    /// How its answer relates to the catalogue.
    public var outcome: AnswerOutcome
    /// The nearest catalogue entry; nil when the answer names no item.
    public var grounding: Grounding?
    /// Every reward, raw.
    public var rewards: [RewardSource: Double]
    /// Â of the mixture.
    public var advantage: Double

    /// Takes every value.
    public init(
        step: Int, sample: String, index: Int, text: String, tokens: Int, isTruncated: Bool,
        outcome: AnswerOutcome, grounding: Grounding?, rewards: [RewardSource: Double], advantage: Double
    ) {
        self.step = step
        self.sample = sample
        self.index = index
        self.text = text
        self.tokens = tokens
        self.isTruncated = isTruncated
        self.outcome = outcome
        self.grounding = grounding
        self.rewards = rewards
        self.advantage = advantage
    }
}

/// What a step took: a line of `timings.jsonl`. Apart from `metrics.jsonl`, which has the same bytes in every
/// run.
public struct PolicyTimings: Codable, Sendable, Equatable {
    /// Step, from 1.
    public var step: Int
    /// Seconds by phase: rollouts, rewards, reference, gradients, optimizer.
    public var seconds: [String: Double]
    /// Tokens of prompts, each once, and of rollouts over the step's time.
    public var tokensPerSecond: Double

    /// Takes every value.
    public init(step: Int, seconds: [String: Double], tokensPerSecond: Double) {
        self.step = step
        self.seconds = seconds
        self.tokensPerSecond = tokensPerSecond
    }
}

/// Table 1 of greedy answers to held-out prompts: a line of `validation.jsonl`.
public struct PolicyValidationRecord: Codable, Sendable, Equatable {
    /// Steps done.
    public var step: Int
    /// Every metric that could be measured.
    public var metrics: [ValidationConfiguration.Metric: Double]

    /// Takes every value.
    public init(step: Int, metrics: [ValidationConfiguration.Metric: Double]) {
        self.step = step
        self.metrics = metrics
    }
}
