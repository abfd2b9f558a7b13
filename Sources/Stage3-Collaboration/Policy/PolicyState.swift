/// What a loop keeps besides weights and moments.
struct PolicyState: Codable, Sendable {
    var weights: RewardWeights
    /// Least and largest simulated score of each sample.
    var rewardScale: [String: [Double]]
    /// Prompts that were drawn so far, replaced ones too.
    var promptsDrawn = 0
    /// Lines of `rollouts.jsonl`.
    var rolloutLines = 0
    var validation = PolicyWatch.State()
}
