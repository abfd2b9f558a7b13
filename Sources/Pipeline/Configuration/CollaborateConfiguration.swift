/// LLM-recommendation collaboration by reinforcement learning, §2.3.
public struct CollaborateConfiguration: Codable, Sendable, Equatable {
    /// Batches of rollouts; each is followed by `updateEpochs` optimizer steps.
    public var steps = 8
    /// Prompts per step.
    public var promptsPerStep = 3
    /// G of Eq. (8): rollouts per prompt.
    public var groupSize = 4
    /// Maximum length of a rollout.
    public var maximumTokens = 96
    /// Sampling temperature of the rollouts, and of the log-probabilities in the loss.
    public var temperature = 1.0
    /// Nucleus sampling: the most likely tokens with this total probability are drawn from.
    public var topP = 1.0
    /// Peak learning rate.
    public var learningRate = 2e-5
    /// Share of the steps over which the learning rate rises to its peak.
    public var warmUpShare = 0.1
    /// How token terms become a loss.
    public var loss = PolicyLossForm.grpo
    /// ε of Eq. (8) below 1. Without effect if `updateEpochs` is 1.
    public var clipLow = 0.2
    /// ε of Eq. (8) above 1. Without effect if `updateEpochs` is 1.
    public var clipHigh = 0.2
    /// β of Eq. (8): weight of the KL divergence from the fine-tuned model.
    public var klCoefficient = 0.04
    /// Estimator of the KL term of Eq. (8), with r = π_ref / π. Without effect at β = 0.
    public var klEstimator = KLEstimator.k3
    /// Optimizer steps on the same rollouts; from the second on, ρ of Eq. (8) departs from 1.
    public var updateEpochs = 1
    /// What centred rewards are divided by.
    public var advantageScale = AdvantageScale.group
    /// Whether rewards are mixed, or their advantages.
    public var mixing = RewardMixing.rewards
    /// Leave truncated rollouts out of the loss; their rewards still count in their group.
    public var masksTruncated = false
    /// How often prompts whose rollouts all earned the same are replaced by the next prompts; 0 keeps them,
    /// although they carry no signal.
    public var resampleRounds = 0
    /// Maximum number of tokens computed at once. A group is never divided and may exceed it.
    public var microBatchTokens = 1024
    /// Recompute each layer in the backward pass instead of keeping its activations.
    public var recomputesActivations = false
    /// Element type of matrix products; weights, gradients and sums stay float32.
    public var productType = ProductType.float32
    /// What the weights are rounded to while rollouts are drawn; training keeps its own.
    public var rolloutWeights = GenerationWeights.float32
    /// Maximum importance weight of a token that other weights drew than those that are trained (truncated
    /// importance sampling). Without effect with `rolloutWeights` of float32.
    public var importanceCap = 2.0
    /// Train low-rank adapters in place of all weights; they are merged into the checkpoint.
    public var adapters = AdapterConfiguration()
    /// Steps between checkpoints.
    public var checkpointInterval = 2
    /// 𝒦: the rewards, two or more; `weighting.initialWeights` has the same order.
    public var rewards = [RewardSource.semantic, .collaborative]
    /// How the collaborative reward is brought to 0…1 within a sample.
    public var rewardScale = RewardScale.minMax
    /// What a rollout without an answer earns.
    public var missingAnswer = MissingAnswer.least
    /// Treat a rollout that is cut off, or does not close its tags, as one without an answer.
    public var requiresForm = false
    /// Minimum cosine between an answered title and its nearest catalogue title; below it, the answer is off
    /// the catalogue and earns no collaborative reward.
    public var groundingThreshold = 0.5
    /// How the rewards are weighted, §2.3.3.
    public var weighting = WeightingConfiguration()
    /// Metrics on held-out prompts during policy optimization.
    public var validation = ValidationConfiguration()
    /// The ranker that pays the collaborative reward; the validation ranker is trained alike.
    public var rewardRanker = RankerConfiguration()

    /// The demo's values.
    public init() {}
}

/// What the policy's weights are rounded to while rollouts are drawn.
public enum GenerationWeights: String, Codable, Sendable, CaseIterable {
    /// Nothing: the model's own weights.
    case float32
    /// 8 bits with a scale per output, and activations to 8 bits with a scale per row; sums are exact.
    case int8
}

/// 𝒦: where a reward comes from.
public enum RewardSource: String, Codable, CodingKeyRepresentable, Sendable, CaseIterable {
    /// rₛ, the cosine between the answer and the true item. Eq. (3).
    case semantic
    /// r_id, the reward ranker's CTCVR for the answered item. Eq. (4).
    case collaborative
    /// Whether the completion has the requested form.
    case format
    /// How short a completion with an answer is.
    case length
    /// What the chain of thought adds to the true answer's log-likelihood, Eq. (1) with and without it.
    case reasoning
}

/// How the collaborative reward is brought to 0…1 within a sample.
public enum RewardScale: String, Codable, Sendable, CaseIterable {
    /// By the least and the largest simulated score, §2.3.2.
    case minMax
    /// By the place among the simulated scores.
    case rank
    /// By the least and the largest logarithm.
    case log
    /// By the logarithm of a score's ratio to the title's mean over all samples: what this user adds to what
    /// everybody buys.
    case lift
}

/// What a rollout without an answer earns.
public enum MissingAnswer: String, Codable, Sendable, CaseIterable {
    /// The least that each reward can be.
    case least
    /// What the worst answer of its group earned; the least where the group has no answer.
    case worst
}

/// How the token terms of Eq. (8) become one number.
public enum PolicyLossForm: String, Codable, Sendable, CaseIterable {
    /// Mean over a rollout's tokens, then over rollouts: Eq. (8).
    case grpo
    /// Sum over tokens divided by `maximumTokens`, without a bias for length (Liu et al., 2025).
    case drGRPO = "dr_grpo"
    /// Mean over all tokens of the step (Yu et al., 2025).
    case dapo
    /// One ratio per rollout, the geometric mean of its tokens' ratios (Zheng et al., 2025).
    case gspo
}

/// What centred rewards are divided by to be advantages.
public enum AdvantageScale: String, Codable, Sendable, CaseIterable {
    /// The standard deviation of their group, as in GRPO.
    case group
    /// The standard deviation of all rewards of the step.
    case batch
    /// Nothing (Liu et al., 2025).
    case none
}

/// Where reward weights enter.
public enum RewardMixing: String, Codable, Sendable, CaseIterable {
    /// r̃ = Σ w r, then advantages: Eq. (9).
    case rewards
    /// Advantages of each reward, then Σ w Â (Liu et al., 2026, "GDPO", without its normalization over the
    /// batch).
    case advantages
}

/// Estimators of KL(π ‖ π_ref) from one sample (Schulman, 2020), with r = π_ref / π.
public enum KLEstimator: String, Codable, Sendable, CaseIterable {
    /// −log r.
    case k1
    /// ½ (log r)².
    case k2
    /// r − 1 − log r.
    case k3
}
