/// LLM-recommendation collaboration by reinforcement learning, §2.3.
public struct CollaborateConfiguration: Codable, Sendable, Equatable {
    /// Optimizer steps.
    public var steps = 8
    /// Prompts a step.
    public var promptsPerStep = 3
    /// G of Eq. (8): rollouts a prompt (§3.1.3: 4).
    public var groupSize = 4
    /// Most tokens of a rollout.
    public var maximumTokens = 96
    /// Randomness of the rollouts.
    public var temperature = 1.0
    /// Likeliest share of tokens that rollouts are drawn from.
    public var topP = 1.0
    /// Peak learning rate (§3.1.3: 2e-5).
    public var learningRate = 2e-5
    /// Share of the steps that warm up.
    public var warmUpShare = 0.1
    /// ε of Eq. (8).
    public var clipRange = 0.2
    /// β of Eq. (8).
    public var klCoefficient = 0.04
    /// Estimator of the KL term of Eq. (8).
    public var klEstimator = KLEstimator.k3
    /// Steps between checkpoints.
    public var checkpointInterval = 2
    /// How the two rewards are weighed.
    public var weighting = WeightingConfiguration()
    /// The ranker that pays the collaborative reward.
    public var ranker = RankerConfiguration()

    /// The demo's values.
    public init() {}
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

/// How reward weights follow training, §2.3.3.
public struct WeightingConfiguration: Codable, Sendable, Equatable {
    /// The rule.
    public enum Method: String, Codable, Sendable, CaseIterable {
        /// The initial weights throughout (the paper's GRPO row).
        case fixed
        /// Eqs. (5) and (6), from gradients.
        case popo
        /// Eq. (7), from reward statistics.
        case popoLight = "popo-light"
    }

    /// Scale of the indicator I of Eq. (6) before Eq. (5).
    public enum AlignmentScale: String, Codable, Sendable, CaseIterable {
        /// As printed.
        case none
        /// Divided by the mean gradient norm, as DoGE does (Fan et al., 2024).
        case meanNorm
    }

    /// The rule.
    public var method = Method.popo
    /// w⁽⁰⁾, semantic then collaborative (§3.1.3: 0.5 and 0.5).
    public var initialWeights = [0.5, 0.5]
    /// η of Eq. (5).
    public var weightLearningRate = 0.1
    /// μ of Eq. (5).
    public var regularization = 1.0
    /// Scale of I.
    public var alignmentScale = AlignmentScale.meanNorm
    /// Smallest weight; 0 lets a reward die out.
    public var floor = 0.05
    /// ε of Eq. (7).
    public var stabilizer = 1e-6
    /// Scale each reward to 0…1 before Eq. (7), so that their variations compare.
    public var scalesRewards = false

    /// The demo's values.
    public init() {}
}
