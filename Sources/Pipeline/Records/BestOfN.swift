public import Foundation

/// What choosing the best of n rollouts of the fine-tuned model earns on held-out prompts: a ceiling of
/// alignment that learns nothing new.
public struct BestOfN: Codable, Sendable, Equatable {
    /// Means over the prompts, of the rollout that one reward would choose among n.
    public struct Row: Codable, Sendable, Equatable {
        /// Rollouts to choose from.
        public var count: Int
        /// The reward that chooses.
        public var chooser: RewardSource
        /// Every reward of the chosen rollout.
        public var rewards: [RewardSource: Double]
        /// CTCVR of its answer by the ranker that pays no reward.
        public var ctcvr: Double

        /// A row.
        public init(count: Int, chooser: RewardSource, rewards: [RewardSource: Double], ctcvr: Double) {
            (self.count, self.chooser, self.rewards, self.ctcvr) = (count, chooser, rewards, ctcvr)
        }
    }

    /// Held-out prompts.
    public var prompts: Int
    /// Rollouts of each.
    public var rollouts: Int
    /// For 1, 2, 4, … up to all rollouts, a row a reward.
    public var rows: [Row]

    /// Takes every value.
    public init(prompts: Int, rollouts: Int, rows: [Row]) {
        (self.prompts, self.rollouts, self.rows) = (prompts, rollouts, rows)
    }

    /// The mean of `values` at the largest of `scores`, over all ways to draw some of them without
    /// replacement.
    ///
    ///     Σᵢ v₍ᵢ₎ C(i − 1, n − 1) / C(N, n),   i the place of a score from the smallest on
    public static func expected(_ count: Int, by scores: [Double], of values: [Double]) -> Double {
        precondition(
            scores.count == values.count && (1...scores.count).contains(count), "\(count) of \(scores.count)")
        let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
        // The chance that the place is the largest of those drawn, from the largest place on.
        var (sum, chance) = (0.0, Double(count) / Double(scores.count))
        for place in stride(from: scores.count, through: count, by: -1) {
            sum += chance * values[order[place - 1]]
            if place > count { chance *= Double(place - count) / Double(place - 1) }
        }
        return sum
    }
}

/// The file of the step.
public struct BestOfNFiles: StepOutput {
    /// The folder.
    public let folder: URL

    /// The files in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// What choosing earns.
    public var table: JSONFile<BestOfN> { .init(folder, "best-of-n.json") }
}
