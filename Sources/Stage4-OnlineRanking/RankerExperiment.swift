import Evaluation
import Foundation
import Pipeline
import RankingModels

/// Trains the baseline and the enhanced rankers on one window and tests them on the next, §2.4.
struct RankerExperiment {
    let data: RankingData
    let features: FeatureSets
    let configuration: TaijiConfiguration

    /// Writes the baseline ranker, `auctions.jsonl` and `comparison.json`.
    func write(_ tables: ConstructedTables, to folder: URL, progress: RunProgress) throws {
        // For the A/B simulation.
        let offers = try ImpressionFile(tables.auctions, data).all()
        let simulation =
            offers.isEmpty
            ? nil
            : ABSimulation(
                offers, data, configuration.rank.auction,
                seed: SeededGenerator(seed: UInt64(configuration.seed), path: 4, 3).state)
        var users: [AuctionUser] = []
        var control: ABSimulation.Result?
        let test = try ImpressionFile(tables.impressions, data, periods: [.test]).all()
        let rate = configuration.construct.impressionRate
        let seed = SeededGenerator(seed: UInt64(configuration.seed), path: 4).state
        let trainer = RankerTrainer(
            data, configuration: configuration.rank.ranker, samplingRate: rate,
            schema: configuration.features, calibrates: configuration.rank.calibration == .platt, seed: seed)
        let training = try trainer.samples(
            ImpressionFile(tables.impressions, data, periods: [.rankerTraining]), title: "ranker",
            spillingTo: folder)
        let start = training.earliestTime
        let segments = UserSegment.all(data, before: start)
        var arms: [RankerComparison.Arm] = []
        var references: [RankerPredictions]?
        for arm in RankerArm.allCases {
            let enhanced = arm.features(
                features, data, codeCount: 1 << configuration.rank.codes.bits,
                length: configuration.rank.similarSequenceLength, before: start,
                seed: SeededGenerator(seed: seed, path: 1).state)
            let ranker = try trainer.train(
                training, enhanced: enhanced, title: "ranker \(arm.rawValue)", progress: progress)
            let scores = try ranker.scores(test.map(RankingRow.init))
            // All users, then each segment.
            let predictions = try ([nil] + segments.map(\.users)).map {
                try RankerPredictions(scores, of: test, users: $0, rate: rate)
            }
            let result = try simulation.map { try $0.run(ranker.scores($0.rows.map(RankingRow.init)).ctcvr) }
            var found = try row(arm.rawValue, predictions, against: references, segments)
            if let simulation, let result {
                users += simulation.records(arm.rawValue, result, longTail: segments[0].users)
                found.auctions = try ([("all users", nil)] + segments.map { ($0.name, $0.users) }).compactMap
                {
                    try simulation.outcome($0.0, of: result, users: $0.1, against: control, bootstrap)
                }
            }
            arms.append(found)
            if arm == .baseline {
                (references, control) = (predictions, result)
                try ranker.write(to: folder.appending(path: RankingFiles.baselineRanker))
            }
        }
        let comparison = RankerComparison(
            trainingImpressions: training.count, testImpressions: test.count,
            testConversions: test.count(where: \.isConversion), arms: arms)
        try JSONLines.write(users, to: folder.appending(path: RankingFiles.auctions))
        try AtomicFile.write(comparison, json: folder.appending(path: RankingFiles.comparison))
    }

    private func row(
        _ name: String, _ predictions: [RankerPredictions], against references: [RankerPredictions]?,
        _ segments: [UserSegment]
    ) throws -> RankerComparison.Arm {
        try RankerComparison.Arm(
            name: name,
            metrics: predictions[0].metrics(RankingMetric.allCases, against: references?[0], bootstrap),
            segments: segments.enumerated().map { place, segment in
                let own = predictions[place + 1]
                return try RankerComparison.Segment(
                    name: segment.name, users: own.userCount,
                    metrics: own.metrics([.auc, .gauc], against: references?[place + 1], bootstrap))
            }, auctions: [])
    }

    private var bootstrap: Bootstrap {
        Bootstrap(
            resampleCount: configuration.evaluate.replicates,
            seed: SeededGenerator(seed: UInt64(configuration.seed), path: 4, 2).state)
    }
}
