public import Pipeline

/// w⁽ᵗ⁾ with the state that it follows from: one step of any weighting rule, saved with the checkpoint.
public struct RewardWeights: Codable, Sendable, Equatable {
    /// w⁽ᵗ⁾, `[K]`, in the order of the configuration's rewards.
    public private(set) var values: [Double]
    private var mirrorDescent: MirrorDescentWeights
    /// Running mean of I, in units of its scale; nil before the first.
    private var meanAlignment: [Double]?

    /// w⁽⁰⁾.
    public init(_ configuration: WeightingConfiguration) {
        mirrorDescent = MirrorDescentWeights(initial: configuration.initialWeights)
        values = mirrorDescent.weights
    }

    /// Between the initial and the final weights of `scheduled`, in equal parts.
    ///
    /// - Parameters:
    ///   - step: from 0.
    ///   - stepCount: steps of the run.
    mutating func interpolate(_ configuration: WeightingConfiguration, step: Int, of stepCount: Int) {
        let last = stepCount - 1 - configuration.warmUpSteps
        let share = last > 0 ? Double(step - configuration.warmUpSteps) / Double(last) : 1
        let start = Self.normalized(configuration.initialWeights)
        let end = Self.normalized(configuration.finalWeights)
        values = zip(start, end).map { $0 + share * ($1 - $0) }
    }

    /// POPO-light: after the variation of this step's rewards, Eq. (7), smoothed and bounded as configured.
    ///
    /// - Parameter rewards: of this step's rollouts, `[K][N][G]`.
    mutating func followVariation(_ rewards: RewardTable, _ configuration: WeightingConfiguration) {
        let found = variationWeights(
            rewards, stabilizer: configuration.stabilizer, scalesRewards: configuration.scalesRewards)
        let kept = configuration.smoothing
        let smoothed = zip(values, found).map { kept * $0 + (1 - kept) * $1 }
        // A reward that does not vary has weight 0, which no factor of a projection would raise.
        values =
            MirrorDescentWeights(initial: smoothed.map { max($0, 1e-12) })
            .projected(floor: configuration.floor, ceiling: configuration.ceiling).weights
    }

    /// POPO: a step of mirror descent along this step's alignment, Eqs. (5) and (6), scaled and smoothed as
    /// configured.
    mutating func descend(_ alignment: GradientAlignment, _ configuration: WeightingConfiguration) {
        let scaled =
            switch configuration.alignmentScale {
            case .none: alignment.alignment
            case .meanNorm: alignment.scaledByMeanNorm
            }
        let kept = configuration.smoothing
        let smoothed = meanAlignment.map { zip($0, scaled).map { kept * $0 + (1 - kept) * $1 } } ?? scaled
        if kept > 0 { meanAlignment = smoothed }
        mirrorDescent.step(
            alignment: smoothed, weightLearningRate: configuration.weightLearningRate,
            regularization: configuration.regularization, floor: configuration.floor,
            ceiling: configuration.ceiling)
        values = mirrorDescent.weights
    }

    private static func normalized(_ weights: [Double]) -> [Double] {
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }
}

extension WeightingConfiguration {
    /// The rule that acts at a step, from 0: none of them before the warm-up is over.
    func rule(at step: Int) -> Method { step >= warmUpSteps ? method : .fixed }
}
