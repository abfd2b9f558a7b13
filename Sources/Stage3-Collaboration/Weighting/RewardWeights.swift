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

    /// Whether the weights of a step, from 0, are made from that step's gradients.
    public func followsGradients(_ configuration: WeightingConfiguration, step: Int) -> Bool {
        configuration.method == .popo && step >= configuration.warmUpSteps
    }

    /// The next weights.
    ///
    /// - Parameters:
    ///   - step: from 0.
    ///   - stepCount: steps of the run.
    ///   - rewards: of this step's rollouts, `[K][N][G]`; what `popo-light` reads.
    ///   - alignment: of this step's gradients; what `popo` reads.
    public mutating func advance(
        _ configuration: WeightingConfiguration, step: Int, of stepCount: Int, rewards: RewardTable,
        alignment: GradientAlignment?
    ) throws {
        guard step >= configuration.warmUpSteps else { return }
        switch configuration.method {
        case .fixed: break
        case .scheduled:
            let last = stepCount - 1 - configuration.warmUpSteps
            let share = last > 0 ? Double(step - configuration.warmUpSteps) / Double(last) : 1
            let (start, end) = (
                Self.normalized(configuration.initialWeights), Self.normalized(configuration.finalWeights)
            )
            values = zip(start, end).map { $0 + share * ($1 - $0) }
        case .popoLight:
            let found = variationWeights(
                rewards, stabilizer: configuration.stabilizer, scalesRewards: configuration.scalesRewards)
            let kept = configuration.smoothing
            let smoothed = zip(values, found).map { kept * $0 + (1 - kept) * $1 }
            // A reward that does not vary has weight 0, which no factor of a projection would raise.
            values =
                MirrorDescentWeights(initial: smoothed.map { max($0, 1e-12) })
                .projected(floor: configuration.floor, ceiling: configuration.ceiling).weights
        case .popo:
            guard let alignment else { throw CollaborationError.noAlignment }
            let scaled =
                configuration.alignmentScale == .meanNorm
                ? MirrorDescentWeights.scaled(alignment.alignment, by: alignment.norms) : alignment.alignment
            let kept = configuration.smoothing
            let smoothed = meanAlignment.map { zip($0, scaled).map { kept * $0 + (1 - kept) * $1 } } ?? scaled
            if kept > 0 { meanAlignment = smoothed }
            mirrorDescent.step(
                alignment: smoothed, weightLearningRate: configuration.weightLearningRate,
                regularization: configuration.regularization, floor: configuration.floor,
                ceiling: configuration.ceiling)
            values = mirrorDescent.weights
        }
    }

    private static func normalized(_ weights: [Double]) -> [Double] {
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
    }
}
