/// Scalar reward of each rollout: the weighted sum of its rewards. Eq. (9).
///
///     r̃ᵢ = wₛ rₛ(oᵢ) + w_id r_id(oᵢ)
///
/// - Parameters:
///   - rewards: `[K][N][G]`.
///   - weights: on the simplex, `[K]`.
/// - Returns: `[N][G]`.
public func mixed(_ rewards: RewardTable, weights: [Double]) -> [[Double]] {
    precondition(rewards.count == weights.count, "\(rewards.count) rewards and \(weights.count) weights")
    guard let first = rewards.first else { return [] }
    return first.indices.map { prompt in
        first[prompt].indices.map { rollout in
            zip(weights, rewards).reduce(0) { $0 + $1.0 * $1.1[prompt][rollout] }
        }
    }
}
