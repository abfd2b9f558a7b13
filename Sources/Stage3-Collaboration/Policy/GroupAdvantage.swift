public import Pipeline

/// Group-relative advantages, the Â of Eq. (8).
///
///     Âᵢ = (r̃ᵢ − mean{r̃}) / std{r̃}   within each group of G rollouts
///
/// The standard deviation is the population's and nothing is added to it: a group whose rewards are all equal
/// teaches nothing, gets advantages of 0 and is counted. `AdvantageScale.batch` divides by the deviation of
/// all the step's rewards, `.none` by nothing.
public struct GroupAdvantages: Sendable, Equatable {
    /// `[N][G]`
    public let values: [[Double]]
    /// Groups whose rewards are all equal.
    public let deadGroups: Int

    /// - Parameter rewards: one scalar a rollout, `[N][G]`.
    public init(_ rewards: [[Double]], scale: AdvantageScale = .group) {
        let deviations = rewards.map(populationDeviation)
        let whole = scale == .batch ? populationDeviation(Array(rewards.joined())) : 1
        values = zip(rewards, deviations).map { group, deviation in
            guard deviation > 0 else { return group.map { _ in 0 } }
            let mean = group.reduce(0, +) / Double(group.count)
            let divisor = scale == .group ? deviation : whole
            return group.map { ($0 - mean) / divisor }
        }
        deadGroups = deviations.count { $0 == 0 }
    }

    /// The mixture of advantages: Σ wₖ Âₖ.
    ///
    /// - Parameter perReward: advantages of each reward alone, `[K]`.
    init(mixing perReward: [GroupAdvantages], weights: [Double]) {
        values = mixed(perReward.map(\.values), weights: weights)
        deadGroups = values.count { group in group.allSatisfy { $0 == 0 } }
    }
}

/// The advantages of a step with the weights of its rewards, by either way of mixing.
struct AdvantageMixture {
    let mixing: RewardMixing
    let scale: AdvantageScale

    init(_ configuration: CollaborateConfiguration) {
        (mixing, scale) = (configuration.mixing, configuration.advantageScale)
    }

    /// Advantages of each reward alone, `[K]`.
    func perReward(_ rewards: RewardTable) -> [GroupAdvantages] {
        rewards.map { GroupAdvantages($0, scale: scale) }
    }

    /// Advantages of the mixture.
    func mixture(_ rewards: RewardTable, weights: [Double]) -> GroupAdvantages {
        switch mixing {
        case .rewards: GroupAdvantages(mixed(rewards, weights: weights), scale: scale)  // Eq. (9)
        case .advantages: GroupAdvantages(mixing: perReward(rewards), weights: weights)
        }
    }

    /// The factors c with Â = Σ cₖ Âₖ in every group alike; nil where each group has its own, because its
    /// mixture is divided by its own deviation.
    func coefficients(_ rewards: RewardTable, weights: [Double]) -> [Double]? {
        switch (mixing, scale) {
        case (.advantages, _), (.rewards, .none): return weights
        case (.rewards, .group): return nil
        case (.rewards, .batch):
            let whole = populationDeviation(Array(mixed(rewards, weights: weights).joined()))
            return zip(weights, rewards).map { weight, reward in
                whole > 0 ? weight * populationDeviation(Array(reward.joined())) / whole : 0
            }
        }
    }

    /// Whether there are such factors.
    var isLinear: Bool { !(mixing == .rewards && scale == .group) }
}
