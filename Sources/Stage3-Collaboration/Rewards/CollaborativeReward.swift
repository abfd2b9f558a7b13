import Foundation
public import Pipeline

/// Collaborative reward: the ranking model's probability that the user clicks and buys the answered item.
/// Eq. (4).
///
///     r_id = CTCVR(u, i) = P(click ∧ conversion | u, i),   scaled by min–max over the simulated scores
public enum CollaborativeReward {
    /// The reward of a rollout without an answer: the least that a scaled probability can be.
    public static let minimum = 0.0

    /// Brings a sample's simulated probabilities to 0…1; all 0 when they are equal (§2.3.2).
    ///
    /// - Parameters:
    ///   - scale: min–max in the paper; by rank, equal values have the mean of their places; by logarithm, a
    ///     probability of 0 counts as the smallest number there is.
    ///   - means: mean of each value over all samples, which a lift is over.
    public static func normalized(
        _ values: [Double], by scale: RewardScale = .minMax, means: [Double] = []
    ) -> [Double] {
        switch scale {
        case .minMax: minMax(values)
        case .log: minMax(values.map { Foundation.log(max($0, .leastNormalMagnitude)) })
        case .rank: minMax(ranks(values))
        case .lift: minMax(logLifts(values, over: means))
        }
    }

    /// log (s + α) / (m + α): how much likelier a title is for one user than for the mean one.
    ///
    /// α, the mean of all means, keeps titles that hardly anybody buys near 0, where a ratio of two tiny
    /// numbers would say nothing. Not in the paper.
    private static func logLifts(_ values: [Double], over means: [Double]) -> [Double] {
        precondition(means.count == values.count, "\(means.count) means of \(values.count) values")
        let prior = max(means.reduce(0, +) / Double(max(1, means.count)), .leastNormalMagnitude)
        return zip(values, means).map { Foundation.log(($0 + prior) / ($1 + prior)) }
    }

    private static func minMax(_ values: [Double]) -> [Double] {
        guard let low = values.min(), let high = values.max(), high > low else {
            return Array(repeating: minimum, count: values.count)
        }
        return values.map { ($0 - low) / (high - low) }
    }

    private static func ranks(_ values: [Double]) -> [Double] {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var start = 0
        while start < order.count {
            let end = order[start...].firstIndex { values[$0] != values[order[start]] } ?? order.count
            for place in start..<end { ranks[order[place]] = Double(start + end - 1) / 2 }
            start = end
        }
        return ranks
    }
}
