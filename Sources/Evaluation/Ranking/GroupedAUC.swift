/// AUC within each user, averaged over users by their weight of impressions (GAUC): does the model order what
/// one user saw, whatever it knows about users.
public struct GroupedAUC: Sendable, Equatable, Codable {
    /// Weighted mean; nil if no user has both classes.
    public var value: Double?
    /// Users with both classes.
    public var userCount: Int
    /// Users left out because all their impressions are of one class.
    public var leftOutUserCount: Int
    /// Share of the impression weight that belongs to the users left out.
    public var leftOutWeightShare: Double

    /// GAUC of some impressions. Arguments as those of `areaUnderCurve`, with the user of each impression.
    public init(
        scores: [Double], labels: [Bool], users: [Int32], weights: [Double]? = nil
    ) throws(EvaluationError) {
        self = try ImpressionScores(scores: scores, labels: labels, users: users, weights: weights).groupedAUC
    }

    init(areas: [Double?], weights: [Double]) {
        var (sum, kept) = (0.0, 0.0)
        for (area, weight) in zip(areas, weights) {
            guard let area else { continue }
            sum += weight * area
            kept += weight
        }
        value = kept > 0 ? sum / kept : nil
        userCount = areas.count { $0 != nil }
        leftOutUserCount = areas.count - userCount
        let total = weights.reduce(0, +)
        leftOutWeightShare = total > 0 ? 1 - kept / total : 0
    }
}
