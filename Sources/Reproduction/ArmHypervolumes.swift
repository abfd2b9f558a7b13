import Evaluation

/// Hypervolumes of arms on the plane of similarity and CTCVR, above the base model's point, over resamples of
/// the users.
struct ArmHypervolumes {
    /// Of the arms, in the order given.
    let names: [String]
    /// Test users of all seeds, which every arm answered.
    let userCount: Int
    private let points: [UserPoints]
    private let base: UserPoints

    /// - Parameters:
    ///   - rows: an arm each.
    ///   - base: the base model, whose means in the same resample are the point that the area lies above.
    init(_ rows: [PooledAnswers], above base: PooledAnswers) {
        names = rows.map(\.name)
        points = rows.map(UserPoints.init)
        self.base = UserPoints(base)
        userCount = self.base.ctcvr.count
    }

    /// Area that some arms dominate together; 0 where none is above the base model in both.
    ///
    /// - Parameter times: how often each user was drawn; nil for once each.
    func volume(of places: [Int], _ times: [Int]?) -> Double {
        ParetoFront(places.map { points[$0].mean(times) }).hypervolume(above: base.mean(times))
    }
}

/// Similarity and CTCVR of an arm's answers, one of each a user.
private struct UserPoints {
    let similarity: [Double]
    let ctcvr: [Double]

    init(_ row: PooledAnswers) {
        similarity = row.values(.similarity)
        ctcvr = row.values(.ctcvr)
    }

    func mean(_ times: [Int]?) -> ParetoFront.Point {
        ParetoFront.Point(x: mean(similarity, times), y: mean(ctcvr, times))
    }

    private func mean(_ values: [Double], _ times: [Int]?) -> Double {
        let sum = values.indices.reduce(0.0) { $0 + Double(times?[$1] ?? 1) * values[$1] }
        return sum / Double(max(1, values.count))
    }
}
