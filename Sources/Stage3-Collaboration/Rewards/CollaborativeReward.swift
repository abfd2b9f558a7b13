/// Collaborative reward: the ranking model's probability that the user clicks and buys the answered item.
/// Eq. (4).
///
///     r_id = CTCVR(u, i) = P(click ∧ conversion | u, i),   scaled by min–max over the simulated scores
public enum CollaborativeReward {
    /// The reward of a rollout without an answer: the least that a scaled probability can be.
    public static let minimum = 0.0

    /// Scales to 0…1 by the least and the largest value of the table; all 0 when they are equal (§2.3.2).
    public static func normalized(_ values: [Double]) -> [Double] {
        guard let low = values.min(), let high = values.max(), high > low else {
            return Array(repeating: minimum, count: values.count)
        }
        return values.map { ($0 - low) / (high - low) }
    }
}
