/// Rewards of every rollout of a step, `[K][N][G]`.
public typealias RewardTable = [[[Double]]]
