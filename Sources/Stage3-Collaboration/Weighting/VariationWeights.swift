/// POPO-light's reward weights: the coefficient of variation of each reward. Eq. (7).
///
///     w̃ᵢ = σᵢ / (|μᵢ| + ε),    w = w̃ / Σ w̃
///
/// σᵢ is the mean over groups of the within-group standard deviation (of the population), |μᵢ| the mean over
/// groups of the absolute within-group mean.
///
/// - Parameters:
///   - rewards: raw reward of every rollout, `[K][N][G]`.
///   - stabilizer: ε of Eq. (7). Not the clip range of Eq. (8).
///   - scalesRewards: scale each reward to 0…1 over all its rollouts first, so that variations compare.
/// - Returns: weights on the simplex, `[K]`; uniform if no reward varies.
public func variationWeights(_ rewards: RewardTable, stabilizer: Double, scalesRewards: Bool = false)
    -> [Double]
{
    let variations = rewards.map { groups -> Double in
        let groups = scalesRewards ? scaled(groups) : groups
        let deviation = groups.map(populationDeviation).reduce(0, +) / Double(groups.count)
        let magnitude =
            groups.map { abs($0.reduce(0, +) / Double($0.count)) }.reduce(0, +) / Double(groups.count)
        return deviation == 0 ? 0 : deviation / (magnitude + stabilizer)
    }
    let total = variations.reduce(0, +)
    guard total > 0 else { return variations.map { _ in 1 / Double(variations.count) } }
    return variations.map { $0 / total }
}

private func scaled(_ groups: [[Double]]) -> [[Double]] {
    let all = groups.joined()
    guard let low = all.min(), let high = all.max(), high > low else {
        return groups.map { $0.map { _ in 0 } }
    }
    return groups.map { $0.map { ($0 - low) / (high - low) } }
}
