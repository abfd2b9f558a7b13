public import Evaluation

/// A line of `rollouts.jsonl`: what the policy wrote at a step and what it earned.
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
    /// What the answer can be used for.
    public var outcome: ParsedAnswer.Outcome
    /// The catalogue entry that the answer was grounded to, and how near it is.
    public var grounding: Grounding?
    /// rₛ.
    public var semantic: Double
    /// r_id.
    public var collaborative: Double
    /// Â.
    public var advantage: Double
}

/// A line of `metrics.jsonl`: one step of policy optimization.
public struct PolicyMetrics: Codable, Sendable, Equatable {
    /// Step, from 1.
    public var step: Int
    /// Eq. (8), negated.
    public var loss: Double
    /// The KL term alone.
    public var kl: Double
    /// w⁽ᵗ⁾ by reward source.
    public var weights: [String: Double]
    /// Mean reward by source.
    public var meanReward: [String: Double]
    /// Mean within-group standard deviation by source.
    public var deviation: [String: Double]
    /// I of Eq. (6) by source; empty unless the weighting is POPO.
    public var alignment: [String: Double]
    /// Norm of each reward's gradient; empty unless the weighting is POPO.
    public var gradientNorms: [String: Double]
    /// Cosine of the two rewards' gradients: below 0 they conflict. 0 unless the weighting is POPO.
    public var gradientCosine: Double
    /// Groups without signal: by source, and `mixed` of the mixture.
    public var deadGroups: [String: Int]
    /// Rollouts without a usable answer.
    public var withoutAnswer: Int
    /// Rollouts that reached the most tokens.
    public var truncated: Int
    /// Mean tokens of a rollout.
    public var meanTokens: Double
    /// Share of tokens whose clipped term was the smaller.
    public var clippedShare: Double
    /// Norm of the gradient before clipping.
    public var gradientNorm: Double
    /// Rate of the step.
    public var learningRate: Double
}
