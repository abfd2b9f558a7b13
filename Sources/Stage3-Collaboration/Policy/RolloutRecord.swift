public import Pipeline

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
    /// Whether it reached the most tokens.
    public var isTruncated: Bool
    /// What came of the answer.
    public var outcome: RewardedAnswer.Outcome
    /// The nearest catalogue entry, and how near it is.
    public var grounding: Grounding?
    /// Every reward, raw.
    public var rewards: [RewardSource: Double]
    /// Â of the mixture.
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
    /// Mean entropy of the policy's distributions at the rollouts' tokens, at the sampling temperature and before `topP`, in nats.
    public var entropy: Double
    /// w⁽ᵗ⁾.
    public var weights: [RewardSource: Double]
    /// Mean reward.
    public var meanReward: [RewardSource: Double]
    /// Mean within-group standard deviation.
    public var deviation: [RewardSource: Double]
    /// Share of the groups whose rollouts all earned the same.
    public var withoutSignal: [RewardSource: Double]
    /// The same of the mixture.
    public var mixtureWithoutSignal: Double
    /// Groups that were replaced because no reward told their rollouts apart.
    public var resampledGroups: Int
    /// I of Eq. (6); empty unless the weights follow gradients. This and the next four are over `weighting.parameters`.
    public var alignment: [RewardSource: Double]
    /// ‖∇Lₖ‖; empty unless the weights follow gradients.
    public var gradientNorms: [RewardSource: Double]
    /// Cosine of each pair of gradients, `semantic collaborative`; below 0 they conflict. Empty unless the weights follow
    /// gradients.
    public var gradientCosines: [String: Double]
    /// ‖Σ wₖ ∇Lₖ‖, which leaves out what mixing rewards divides by and, unless L_k has it, the KL term; 0 unless the weights follow
    /// gradients.
    public var mixtureNorm: Double
    /// Norm of the gradient that was applied, before clipping.
    public var gradientNorm: Double
    /// Rollouts by what came of their answer.
    public var outcomes: [String: Int]
    /// Share of the rollouts that reached the most tokens.
    public var truncatedShare: Double
    /// Mean tokens of a rollout.
    public var meanTokens: Double
    /// Most tokens of a rollout.
    public var mostTokens: Int
    /// Share of the tokens of all epochs whose clipped term was the smaller, at 1 − ε.
    public var clippedLowShare: Double
    /// The same at 1 + ε.
    public var clippedHighShare: Double
    /// Rate of the step.
    public var learningRate: Double
}

/// A line of `timings.jsonl`: what a step took. Apart from `metrics.jsonl`, which has the same bytes in every run.
public struct PolicyTimings: Codable, Sendable, Equatable {
    /// Step, from 1.
    public var step: Int
    /// Seconds by phase: rollouts, rewards, reference, gradients, optimizer.
    public var seconds: [String: Double]
    /// Tokens of prompts, each once, and of rollouts over the step's time.
    public var tokensPerSecond: Double
}
