import Evaluation
import Pipeline
import RankingModels

/// One ranker's predictions on some users' test impressions, for every task: CTR and CTCVR on all
/// impressions, CVR on clicks.
struct RankerPredictions {
    private let tasks: [(name: String, scores: ImpressionScores)]

    /// - Parameters:
    ///   - users: whose impressions count; nil for all.
    ///   - rate: a kept conversion stands for itself, another impression for 1/rate of them.
    init(_ scores: Ranker.Scores, of window: TestWindow, users: Set<Int32>?, rate: Double) throws {
        let own = window.users.indices.filter { users?.contains(window.users[$0]) ?? true }
        let clicks = own.filter { window.isClick[$0] }
        func task(
            _ places: [Int], _ score: (Int) -> Double, _ labels: [Bool]
        ) throws -> ImpressionScores? {
            guard !places.isEmpty else { return nil }
            return try ImpressionScores(
                scores: places.map(score), labels: places.map { labels[$0] },
                users: places.map { window.users[$0] },
                weights: places.map { window.isConversion[$0] ? rate : 1 })
        }
        let found = [
            ("CTR", try task(own, { scores.ctr[$0] }, window.isClick)),
            (
                "CVR",
                try task(
                    clicks, { scores.ctr[$0] > 0 ? min(1, scores.ctcvr[$0] / scores.ctr[$0]) : 0 },
                    window.isConversion)
            ),
            ("CTCVR", try task(own, { scores.ctcvr[$0] }, window.isConversion)),
        ]
        tasks = found.compactMap { name, scores in scores.map { (name, $0) } }
    }

    /// Users with impressions.
    var userCount: Int { tasks.first?.scores.users.count ?? 0 }

    /// Every metric that is defined on these impressions, with its difference to a reference's on the same
    /// resampled users.
    func metrics(
        _ metrics: [RankingMetric], against reference: RankerPredictions?, _ bootstrap: Bootstrap
    ) throws -> [RankerComparison.Metric] {
        try tasks.indices.flatMap { task in
            try metrics.compactMap { metric in
                let scores = tasks[task].scores
                guard scores.value(of: metric) != nil else { return nil }
                let difference = try reference.map {
                    try bootstrap.difference(of: metric, between: scores, minus: $0.tasks[task].scores)
                }
                return RankerComparison.Metric(
                    task: tasks[task].name, metric: metric.rawValue,
                    estimate: Estimate(try bootstrap.interval(of: metric, over: scores)),
                    difference: difference.map(Estimate.init))
            }
        }
    }
}
