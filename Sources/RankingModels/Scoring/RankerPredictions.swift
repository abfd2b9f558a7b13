public import Pipeline

/// Predictions for impressions beside what came of them: columns for the metrics of `Evaluation`, `[N]` each.
public struct RankerPredictions: Sendable, Equatable {
    /// Index of the user, the group of GAUC.
    public let users: [Int32]
    /// Whether the impression was clicked.
    public let clicks: [Bool]
    /// Whether it converted.
    public let conversions: [Bool]
    /// How many impressions the row stands for, relative: all conversions were kept and a share `rate` of the
    /// rest, so `rate` for a conversion and 1 for another.
    public let weights: [Double]
    /// Predicted P(click) on all impressions.
    public let ctr: [Double]
    /// Predicted P(click ∧ conversion) on all impressions.
    public let ctcvr: [Double]
}

extension Ranker {
    /// Predictions for impressions, in their order.
    public func predictions(for impressions: [Impression]) throws -> RankerPredictions {
        let scores = try scores(impressions.map(RankingRow.init))
        return RankerPredictions(
            users: impressions.map(\.user), clicks: impressions.map(\.isClick),
            conversions: impressions.map(\.isConversion),
            weights: impressions.map { $0.isConversion ? correction.rate : 1 }, ctr: scores.ctr,
            ctcvr: scores.ctcvr)
    }
}
