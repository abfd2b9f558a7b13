import Evaluation
import Pipeline
import RankingModels

/// An arm's predictions on some users' test impressions, for every task: CTR and CTCVR on all impressions,
/// CVR on clicks.
struct RankerPredictions {
    /// Scores seed by seed.
    private let tasks: [(name: String, scores: [ImpressionScores])]

    /// - Parameters:
    ///   - scores: of the arm's rankers, seed by seed.
    ///   - users: whose impressions count; nil for all.
    ///   - rate: a kept conversion stands for itself, another impression for 1/rate of them.
    init(_ scores: [Ranker.Scores], of window: TestWindow, users: Set<Int32>?, rate: Double) throws {
        let own = window.users.indices.filter { users?.contains(window.users[$0]) ?? true }
        let clicks = own.filter { window.isClick[$0] }
        func task(
            _ name: String, _ places: [Int], _ labels: [Bool], _ score: (Ranker.Scores, Int) -> Double
        ) throws -> (name: String, scores: [ImpressionScores])? {
            guard !places.isEmpty else { return nil }
            let scored = try scores.map { scores in
                try ImpressionScores(
                    scores: places.map { score(scores, $0) }, labels: places.map { labels[$0] },
                    users: places.map { window.users[$0] },
                    weights: places.map { window.isConversion[$0] ? rate : 1 })
            }
            return (name, scored)
        }
        tasks = [
            try task("CTR", own, window.isClick) { $0.ctr[$1] },
            try task("CVR", clicks, window.isConversion) {
                $0.ctr[$1] > 0 ? min(1, $0.ctcvr[$1] / $0.ctr[$1]) : 0
            },
            try task("CTCVR", own, window.isConversion) { $0.ctcvr[$1] },
        ].compactMap { $0 }
    }

    /// Users with impressions.
    var userCount: Int { tasks.first?.scores.first?.users.count ?? 0 }

    /// Every metric that is defined on these impressions, with its difference to a reference's on the same
    /// resampled users. Of several seeds, the mean.
    ///
    /// - Parameter tasks: those that are measured; nil for all.
    func metrics(
        _ metrics: [RankingMetric], of wanted: [String]? = nil, against reference: RankerPredictions?,
        _ bootstrap: Bootstrap
    ) throws -> [RankerComparison.Metric] {
        try tasks.indices.filter { wanted?.contains(tasks[$0].name) ?? true }.flatMap { task in
            try metrics.compactMap { metric in
                let own = tasks[task].scores
                guard own[0].value(of: metric) != nil else { return nil }
                let other = reference?.tasks[task].scores
                let seeds = other.map { other in
                    zip(own, other).compactMap { own, other -> Double? in
                        guard let value = own.value(of: metric), let known = other.value(of: metric) else {
                            return nil
                        }
                        return value - known
                    }
                }
                return RankerComparison.Metric(
                    task: tasks[task].name, metric: metric.rawValue,
                    estimate: Estimate(try bootstrap.interval(of: metric, over: own)),
                    difference: try other.map {
                        Estimate(try bootstrap.difference(of: metric, between: own, minus: $0))
                    }, seeds: own.count > 1 ? seeds : nil)
            }
        }
    }

    /// How much larger the gain in CTCVR AUC over a reference is on some users than on all of them, over
    /// resamples of all users. Of several seeds, the mean. Nil where a class is missing.
    func gainOverAll(
        of users: Set<Int32>, against reference: RankerPredictions, _ bootstrap: Bootstrap
    ) throws -> Estimate? {
        guard let own = tasks.first(where: { $0.name == "CTCVR" })?.scores,
            let other = reference.tasks.first(where: { $0.name == "CTCVR" })?.scores
        else { return nil }
        return try bootstrap.gainDifference(of: .auc, between: own, minus: other, within: users)
            .map(Estimate.init)
    }
}
