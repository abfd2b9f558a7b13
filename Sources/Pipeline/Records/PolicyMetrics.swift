/// One step of policy optimization: a line of its `metrics.jsonl`.
public struct PolicyMetrics: Codable, Sendable, Equatable {
    /// Step, from 1.
    public var step: Int
    /// Eq. (8), negated.
    public var loss: Double
    /// The KL term alone.
    public var kl: Double
    /// Mean entropy of the policy's distributions at the rollouts' tokens, at the sampling temperature and
    /// before `topP`, in nats.
    public var entropy: Double
    /// w⁽ᵗ⁾.
    public var weights: [RewardSource: Double]
    /// Mean reward.
    public var meanReward: [RewardSource: Double]
    /// Mean within-group standard deviation.
    public var deviation: [RewardSource: Double]
    /// Share of the groups whose rollouts all earned the same.
    public var withoutSignal: [RewardSource: Double]
    /// The same share for the mixture.
    public var mixtureWithoutSignal: Double
    /// Groups that were replaced because no reward told their rollouts apart.
    public var resampledGroups: Int
    /// I of Eq. (6); empty unless the weights follow gradients. This and the next four are over
    /// `weighting.parameters`.
    public var alignment: [RewardSource: Double]
    /// ‖∇Lₖ‖; empty unless the weights follow gradients.
    public var gradientNorms: [RewardSource: Double]
    /// Cosine of each pair of gradients, `semantic collaborative`; below 0 they conflict. Empty unless the
    /// weights follow gradients.
    public var gradientCosines: [String: Double]
    /// ‖Σ wₖ ∇Lₖ‖, which leaves out what mixing rewards divides by and, unless L_k has it, the KL term; 0
    /// unless the weights follow gradients.
    public var mixtureNorm: Double
    /// Norm of the gradient that was applied, before clipping.
    public var gradientNorm: Double
    /// Rollouts by how their answer relates to the catalogue.
    public var outcomes: [String: Int]
    /// Share of the rollouts that reached the maximum number of tokens.
    public var truncatedShare: Double
    /// Mean tokens per rollout.
    public var meanTokens: Double
    /// Tokens of the longest rollout.
    public var mostTokens: Int
    /// Share of the tokens of all epochs whose clipped term was the smaller, at 1 − ε.
    public var clippedLowShare: Double
    /// The same at 1 + ε.
    public var clippedHighShare: Double
    /// Mean of log μ − log π per token, μ being the weights that drew the rollouts and π those that are
    /// trained: an estimate of KL(μ ‖ π), in nats. Absent in files of earlier versions, as the next two are.
    public var samplingDivergence: Double?
    /// Mean importance weight of the tokens; 1 where the loss is not corrected.
    public var meanImportance: Double?
    /// Share of the tokens whose importance weight is `importanceCap`.
    public var truncatedImportanceShare: Double?
    /// Learning rate of the step.
    public var learningRate: Double

    /// Takes every value.
    public init(
        step: Int, loss: Double, kl: Double, entropy: Double, weights: [RewardSource: Double],
        meanReward: [RewardSource: Double], deviation: [RewardSource: Double],
        withoutSignal: [RewardSource: Double], mixtureWithoutSignal: Double, resampledGroups: Int,
        alignment: [RewardSource: Double], gradientNorms: [RewardSource: Double],
        gradientCosines: [String: Double], mixtureNorm: Double, gradientNorm: Double, outcomes: [String: Int],
        truncatedShare: Double, meanTokens: Double, mostTokens: Int, clippedLowShare: Double,
        clippedHighShare: Double, samplingDivergence: Double? = nil, meanImportance: Double? = nil,
        truncatedImportanceShare: Double? = nil, learningRate: Double
    ) {
        self.step = step
        self.loss = loss
        self.kl = kl
        self.entropy = entropy
        self.weights = weights
        self.meanReward = meanReward
        self.deviation = deviation
        self.withoutSignal = withoutSignal
        self.mixtureWithoutSignal = mixtureWithoutSignal
        self.resampledGroups = resampledGroups
        self.alignment = alignment
        self.gradientNorms = gradientNorms
        self.gradientCosines = gradientCosines
        self.mixtureNorm = mixtureNorm
        self.gradientNorm = gradientNorm
        self.outcomes = outcomes
        self.truncatedShare = truncatedShare
        self.meanTokens = meanTokens
        self.mostTokens = mostTokens
        self.clippedLowShare = clippedLowShare
        self.clippedHighShare = clippedHighShare
        self.samplingDivergence = samplingDivergence
        self.meanImportance = meanImportance
        self.truncatedImportanceShare = truncatedImportanceShare
        self.learningRate = learningRate
    }
}
