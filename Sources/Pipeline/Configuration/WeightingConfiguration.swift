/// How reward weights follow training, §2.3.3.
public struct WeightingConfiguration: Codable, Sendable, Equatable {
    /// The rule.
    public enum Method: String, Codable, Sendable, CaseIterable {
        /// The initial weights throughout (the paper's GRPO row).
        case fixed
        /// From the initial to the final weights in equal parts.
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

    /// The rule.
    public var method = Method.popo
    /// w⁽⁰⁾, one a reward in the order of `collaborate.rewards` (§3.1.3: 0.5 and 0.5).
    public var initialWeights = [0.5, 0.5]
    /// The last step's weights under `scheduled`.
    public var finalWeights = [0.5, 0.5]
    /// η of Eq. (5).
    public var weightLearningRate = 0.1
    /// μ of Eq. (5).
    public var regularization = 1.0
    /// Scale of I.
    public var alignmentScale = AlignmentScale.meanNorm
    /// Whether L_k of Eq. (6) has the KL term. With it, L_k is "the GRPO objective induced by r_k" to the
    /// letter, and one backward pass a reward makes both Eq. (6) and, under linear mixing, the update;
    /// without it, I compares rewards alone.
    public var includesKL = false
    /// Text that the names of the parameters of Eq. (6) contain, such as `layers.29.`; empty for all.
    public var parameters = ""
    /// Smallest weight; 0 lets a reward die out.
    public var floor = 0.05
    /// Largest weight.
    public var ceiling = 1.0
    /// Steps at the initial weights before the rule acts.
    public var warmUpSteps = 0
    /// Share of the running mean in I (popo) or in w (popo-light); 0 takes each step's own.
    public var smoothing = 0.0
    /// ε of Eq. (7).
    public var stabilizer = 1e-6
    /// Scale each reward to 0…1 before Eq. (7), so that their variations compare.
    public var scalesRewards = false

    /// The demo's values.
    public init() {}
}
