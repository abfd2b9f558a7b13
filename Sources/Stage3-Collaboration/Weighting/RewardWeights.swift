public import Pipeline

/// w⁽ᵗ⁾ with the state that it follows from: one step of any weighting rule, saved with the checkpoint.
public struct RewardWeights: Codable, Sendable, Equatable {
    /// w⁽ᵗ⁾, `[K]`, in the order of `RewardSource.allCases`.
    public private(set) var values: [Double]
    private var mirrorDescent: MirrorDescentWeights

    /// w⁽⁰⁾.
    public init(_ configuration: WeightingConfiguration) {
        mirrorDescent = MirrorDescentWeights(initial: configuration.initialWeights)
        values = mirrorDescent.weights
    }

    /// The next weights.
    ///
    /// - Parameters:
    ///   - rewards: of this step's rollouts, `[K][N][G]`; what `popo-light` reads.
    ///   - alignment: of this step's gradients; what `popo` reads, computed only for it.
    public mutating func advance(
        _ configuration: WeightingConfiguration, rewards: RewardTable,
        alignment: () throws -> GradientAlignment
    ) rethrows {
        switch configuration.method {
        case .fixed: break
        case .popoLight:
            values = variationWeights(
                rewards, stabilizer: configuration.stabilizer, scalesRewards: configuration.scalesRewards)
        case .popo:
            let alignment = try alignment()
            mirrorDescent.step(
                alignment: alignment.alignment, weightLearningRate: configuration.weightLearningRate,
                regularization: configuration.regularization,
                gradientNorms: configuration.alignmentScale == .meanNorm ? alignment.norms : nil,
                floor: configuration.floor)
            values = mirrorDescent.weights
        }
    }
}
