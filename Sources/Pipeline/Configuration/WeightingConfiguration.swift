/// How the weights of the rewards change during training, §2.3.3.
public struct WeightingConfiguration: Codable, Sendable, Equatable {
    /// The rule.
    public enum Method: String, Codable, Sendable, CaseIterable {
        /// The initial weights throughout (the paper's GRPO row).
        case fixed
        /// Linear from the initial to the final weights.
        case scheduled
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

    /// The rule that sets the weights of the rewards.
    public var method = Method.popo
    /// w⁽⁰⁾ in the order of `collaborate.rewards`; only their ratio counts. 0 is allowed under `fixed` alone.
    public var initialWeights = [0.5, 0.5]
    /// Weights of the last step under `scheduled`; without effect otherwise.
    public var finalWeights = [0.5, 0.5]
    /// η of Eq. (5).
    public var weightLearningRate = 0.1
    /// μ of Eq. (5); only η / μ counts.
    public var regularization = 1.0
    /// Scale of the indicator I of Eq. (6) before Eq. (5).
    public var alignmentScale = AlignmentScale.meanNorm
    /// Whether L_k of Eq. (6) has the KL term, which makes it the whole GRPO objective of a reward.
    public var includesKL = false
    /// Compare the gradients of parameters whose names contain this text alone, such as `layers.29.`; empty
    /// for all.
    public var parameters = ""
    /// Compare the gradients of this many top layers alone; 0 for all parameters.
    public var topLayers = 0
    /// Maximum number of a step's tokens whose forward pass is kept from Eq. (6) for the update; a larger
    /// step computes it again.
    public var keptTokens = 4096
    /// Minimum weight under `popo` and `popo-light`; 0 lets a reward die out.
    public var floor = 0.05
    /// Maximum weight under `popo` and `popo-light`.
    public var ceiling = 1.0
    /// Steps at the initial weights before the rule acts.
    public var warmUpSteps = 0
    /// Share of the running mean in I (`popo`) or in w (`popo-light`); 0 takes each step's own.
    public var smoothing = 0.0
    /// ε of Eq. (7).
    public var stabilizer = 1e-6
    /// Scale each reward to 0…1 over the step's rollouts before Eq. (7).
    public var scalesRewards = false

    /// The demo's values.
    public init() {}
}
