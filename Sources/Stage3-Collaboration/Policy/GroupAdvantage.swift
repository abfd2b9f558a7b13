/// Group-normalized advantages, the Â of Eq. (8).
///
///     Âᵢ = (r̃ᵢ − mean{r̃}) / std{r̃}   within each group of G rollouts
///
/// The standard deviation is the population's and nothing is added to it: a group whose rewards are all equal
/// teaches nothing, gets advantages of 0 and is counted.
public struct GroupAdvantages: Sendable, Equatable {
    /// `[N][G]`
    public let values: [[Double]]
    /// Groups whose rewards are all equal.
    public let deadGroups: Int

    /// - Parameter rewards: one scalar a rollout, `[N][G]`.
    public init(_ rewards: [[Double]]) {
        let deviations = rewards.map(populationDeviation)
        values = zip(rewards, deviations).map { group, deviation in
            guard deviation > 0 else { return group.map { _ in 0 } }
            let mean = group.reduce(0, +) / Double(group.count)
            return group.map { ($0 - mean) / deviation }
        }
        deadGroups = deviations.count { $0 == 0 }
    }
}
