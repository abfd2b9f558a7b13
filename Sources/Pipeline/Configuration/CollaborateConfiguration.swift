/// LLM-recommendation collaboration by reinforcement learning, §2.3.
public struct CollaborateConfiguration: Codable, Sendable, Equatable {
    /// Rollout batches; each is followed by `updateEpochs` optimizer steps.
    public var steps = 8
    /// Prompts a step.
    public var promptsPerStep = 3
    /// G of Eq. (8): rollouts a prompt (§3.1.3: 4).
    public var groupSize = 4
    /// Most tokens of a rollout.
    public var maximumTokens = 96
    /// Randomness of the rollouts, and the temperature at which the loss takes log-probabilities.
    public var temperature = 1.0
    /// Likeliest share of tokens that rollouts are drawn from.
    public var topP = 1.0
    /// Peak learning rate (§3.1.3: 2e-5).
    public var learningRate = 2e-5
    /// Share of the steps that warm up.
    public var warmUpShare = 0.1
    /// How token terms become a loss.
    public var loss = PolicyLossForm.grpo
    /// ε of Eq. (8) below 1.
    public var clipLow = 0.2
    /// ε of Eq. (8) above 1; larger than `clipLow` lets unlikely tokens grow (Yu et al., 2025, "clip
    /// higher").
    public var clipHigh = 0.2
    /// β of Eq. (8); 0 holds no reference model.
    public var klCoefficient = 0.04
    /// Estimator of the KL term of Eq. (8).
    public var klEstimator = KLEstimator.k3
    /// Optimizer steps on the same rollouts; from the second on, ρ of Eq. (8) leaves 1.
    public var updateEpochs = 1
    /// What advantages are divided by.
    public var advantageScale = AdvantageScale.group
    /// Whether rewards are mixed first, or their advantages.
    public var mixing = RewardMixing.rewards
    /// Leave rollouts that reached the most tokens out of the loss; their rewards still count in their group.
    public var masksTruncated = false
    /// Times that prompts whose rollouts all earned the same are replaced by the next ones; 0 keeps them,
    /// without signal.
    public var resampleRounds = 0
    /// Most tokens that are computed together; a group is never divided. Bounds memory.
    public var microBatchTokens = 512
    /// Compute each layer once more in the backward pass instead of keeping what it made: less memory, a
    /// third more time.
    public var recomputesActivations = false
    /// The element type of matrix products. bfloat16 keeps float32 weights and sums.
    public var productType = ProductType.float32
    /// What is trained: all weights, or low-rank adapters, which are merged into the checkpoint.
    public var adapters = AdapterConfiguration()
    /// Steps between checkpoints.
    public var checkpointInterval = 2
    /// 𝒦: what is rewarded, at least two; `weighting.initialWeights` has the same order.
    public var rewards = [RewardSource.semantic, .collaborative]
    /// Least cosine of an answered title and its nearest catalogue title; an answer below it is off the
    /// catalogue and earns no collaborative reward.
    public var groundingThreshold = 0.5
    /// How the rewards are weighed.
    public var weighting = WeightingConfiguration()
    /// Metrics on prompts that are not trained on.
    public var validation = ValidationConfiguration()
    /// The ranker that pays the collaborative reward.
    public var rewardRanker = RankerConfiguration()

    /// The demo's values.
    public init() {}
}

/// 𝒦: where a reward comes from.
public enum RewardSource: String, Codable, CodingKeyRepresentable, Sendable, CaseIterable {
    /// rₛ, closeness of the answer's meaning to the true item's. Eq. (3).
    case semantic
    /// r_id, the ranking model's CTCVR of the answered item. Eq. (4).
    case collaborative
    /// Whether the completion has the form that was asked for.
    case format
    /// How short an answered completion is.
    case length
}

/// How the token terms of Eq. (8) become one number.
public enum PolicyLossForm: String, Codable, Sendable, CaseIterable {
    /// Mean over a rollout's tokens, then over rollouts: Eq. (8).
    case grpo
    /// Sum over tokens by the most tokens that a rollout may have: no favour for long rollouts (Liu et al.,
    /// 2025).
    case drGRPO = "dr_grpo"
    /// Mean over all tokens of the step (Yu et al., 2025).
    case dapo
    /// One ratio a rollout, the geometric mean of its tokens' (Zheng et al., 2025).
    case gspo
}

/// What centred rewards are divided by to be advantages.
public enum AdvantageScale: String, Codable, Sendable, CaseIterable {
    /// The standard deviation of their group, as in GRPO.
    case group
    /// The standard deviation of all the step's rewards.
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
