import Evaluation
import Foundation
import Pipeline
import RankingModels

/// Trains the baseline and the enhanced rankers on one window and tests them on the next, §2.4.
struct RankerExperiment {
    let data: RankingData
    let features: [UserFeature]
    let configuration: TaijiConfiguration

    /// Writes the baseline ranker and `comparison.json`.
    func write(_ impressions: [Impression], to folder: URL, progress: RunProgress) throws {
        let training = impressions.filter { $0.period == .rankerTraining }
        let test = impressions.filter { $0.period == .test }
        let rate = configuration.construct.impressionRate
        let seed = SeededGenerator(seed: UInt64(configuration.seed), path: 4).state
        let start = training.map(\.time).min() ?? 0
        var arms: [RankerComparison.Arm] = []
        var reference: Predictions?
        for arm in RankerArm.allCases {
            let enhanced = arm.features(
                features, data, codeCount: 1 << configuration.rank.codes.bits,
                length: configuration.rank.similarSequenceLength, before: start,
                seed: SeededGenerator(seed: seed, path: 1).state)
            let ranker = try RankerTrainer(
                data, configuration: configuration.rank.ranker, samplingRate: rate, seed: seed
            ).train(training, enhanced: enhanced, title: "ranker \(arm.rawValue)", progress: progress)
            let predictions = try Predictions(ranker.scores(test.map(RankingRow.init)), of: test, rate: rate)
            arms.append(
                RankerComparison.Arm(
                    name: arm.rawValue, metrics: try predictions.metrics(against: reference, bootstrap)))
            if arm == .baseline {
                reference = predictions
                try ranker.write(to: folder.appending(path: RankingFiles.baselineRanker))
            }
        }
        let comparison = RankerComparison(
            trainingImpressions: training.count, testImpressions: test.count,
            testConversions: test.count(where: \.isConversion), arms: arms)
        try AtomicFile.write(comparison, json: folder.appending(path: RankingFiles.comparison))
    }

    private var bootstrap: Bootstrap {
        Bootstrap(
            resampleCount: configuration.evaluate.replicates,
            seed: SeededGenerator(seed: UInt64(configuration.seed), path: 4, 2).state)
    }
}

/// One ranker's predictions on the test impressions, for both tasks.
private struct Predictions {
    private let tasks: [(name: String, scores: ImpressionScores)]

    /// - Parameter rate: a kept conversion stands for itself, another impression for 1/rate of them.
    init(_ scores: Ranker.Scores, of impressions: [Impression], rate: Double) throws {
        let users = impressions.map(\.user)
        let weights = impressions.map { $0.isConversion ? rate : 1 }
        tasks = [
            (
                "CTR",
                try ImpressionScores(
                    scores: scores.ctr, labels: impressions.map(\.isClick), users: users, weights: weights)
            ),
            (
                "CTCVR",
                try ImpressionScores(
                    scores: scores.ctcvr, labels: impressions.map(\.isConversion), users: users,
                    weights: weights)
            ),
        ]
    }

    func metrics(against reference: Predictions?, _ bootstrap: Bootstrap) throws -> [RankerComparison.Metric]
    {
        try tasks.indices.flatMap { task in
            try RankingMetric.allCases.map { metric in
                let difference = try reference.map {
                    try bootstrap.difference(
                        of: metric, between: tasks[task].scores, minus: $0.tasks[task].scores)
                }
                return RankerComparison.Metric(
                    task: tasks[task].name, metric: metric.rawValue,
                    estimate: Estimate(try bootstrap.interval(of: metric, over: tasks[task].scores)),
                    difference: difference.map(Estimate.init))
            }
        }
    }
}

extension Estimate {
    init(_ interval: BootstrapInterval) {
        self.init(value: interval.estimate, lower: interval.lower, upper: interval.upper)
    }
}
