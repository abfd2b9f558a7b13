/// 𝒦 = {s, id}: where a reward comes from.
public enum RewardSource: String, Codable, Sendable, CaseIterable {
    /// rₛ, closeness of the answer's meaning to the true item's. Eq. (3).
    case semantic
    /// r_id, the ranking model's CTCVR of the answered item. Eq. (4).
    case collaborative
}

/// Rewards of every rollout of a step, `[K][N][G]`.
public typealias RewardTable = [[[Double]]]
