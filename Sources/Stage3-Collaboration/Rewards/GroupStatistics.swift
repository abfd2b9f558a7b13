/// Rewards of every rollout of a step, `[K][N][G]`.
public typealias RewardTable = [[[Double]]]

/// Standard deviation of a group as a population; exactly 0 when all values are equal.
func populationDeviation(_ values: [Double]) -> Double {
    guard let low = values.min(), let high = values.max(), high > low else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
}
