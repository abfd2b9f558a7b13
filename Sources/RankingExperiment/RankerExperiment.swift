import Evaluation
import Pipeline
import Ranking
import RankingModels

/// Compares the judge and the enhanced ranker, which are read from disk, with the rankers of all other arms,
/// which are trained here, on the test window.
struct RankerExperiment {
    private let run: Run
    private let configuration: TaijiConfiguration
    private let tables: ConstructedTables
    private let data: RankingData
    private let features: FeatureSets
    private let training: RankingTraining
    /// Of rankers that do not read what the user did over all history.
    private let plainTraining: RankingTraining
    private let bootstrap: Bootstrap

    init(_ run: Run) throws {
        self.run = run
        configuration = run.configuration
        tables = try run.output(of: Steps.tables)
        data = try RankingData(tables)
        features = try FeatureSets(run)
        training = RankingTraining(run)
        plainTraining = RankingTraining(run, without: RankerTrainer.longHistoryFields)
        bootstrap = Bootstrap(
            resampleCount: configuration.evaluate.replicates,
            seed: configuration.stream(.rankingBootstrap).state)
    }

    func write(to output: RankerComparisonFiles) throws {
        let offers = try ImpressionFile(tables.auctions, data).all()
        let simulation =
            offers.isEmpty
            ? nil
            : ABSimulation(
                offers, data, configuration.rank.auction, seed: configuration.stream(.loggedSlates).state)
        let test = try TestWindow(ImpressionFile(tables.impressions, data, periods: [.test]))
        let window = try training.window(spillingTo: output)
        let segments = UserSegment.all(data, before: window.start)
        var (arms, users): ([RankerComparison.Arm], [AuctionUser]) = ([], [])
        var done: [RankerArm: Tested] = [:]
        let kept = KeptRankerScores(folder: output.folder)
        for arm in RankerArm.allCases where arm.isNeeded(configuration.rank) {
            let scores = try (0..<configuration.rank.seeds).map { seed in
                try kept.scores(arm, seed: seed) {
                    let ranker = try ranker(arm, start: window.start, seed: seed, spillingTo: output)
                    return try RankerScores(ranker, test, seed == 0 ? simulation : nil)
                }
            }
            let tested = try self.test(scores, test, segments, simulation)
            arms.append(try row(arm, tested, done, segments, simulation))
            if let simulation, let result = tested.auctions {
                users += simulation.records(arm, result, longTail: segments[0].users)
            }
            if [.baseline, .both, .plain, .text].contains(arm) { done[arm] = tested }
        }
        try output.auctions.write(users)
        try output.comparison.write(
            RankerComparison(
                trainingImpressions: window.impressions, testImpressions: test.count,
                testConversions: test.isConversion.count { $0 }, arms: arms))
        try kept.remove(seeds: configuration.rank.seeds)
    }

    /// One of an arm's rankers: that of stage 4 where the arm is one of the run's own, for the first seed.
    private func ranker(
        _ arm: RankerArm, start: Int64, seed: Int, spillingTo output: RankerComparisonFiles
    ) throws -> Ranker {
        switch (arm, seed) {
        case (.baseline, 0): return try Ranker(run.output(of: Steps.judge).folder, data)
        case (.both, 0):
            return try Ranker(run.output(of: Steps.ranker).folder, data, features: features.reasoning)
        default:
            let enhanced = arm.features(
                features, data, configuration.rank, before: start,
                seed: SeededGenerator(seed: configuration.stream(.rankers).state, path: 1).state)
            let title = seed == 0 ? arm.title : "\(arm.title), seed \(seed + 1)"
            return try (arm.isPlain ? plainTraining : training).train(
                title: title, seed: seed, spillingTo: output
            ) { _, _ in enhanced }
        }
    }

    /// What an arm's rankers say of the test window: of all users, then of each segment.
    private struct Tested {
        let predictions: [RankerPredictions]
        /// Of the first seed's ranker.
        let auctions: ABSimulation.Result?
    }

    private func test(
        _ scores: [RankerScores], _ test: TestWindow, _ segments: [UserSegment], _ simulation: ABSimulation?
    ) throws -> Tested {
        Tested(
            predictions: try ([nil] + segments.map(\.users)).map {
                try RankerPredictions(
                    scores.map(\.test), of: test, users: $0, rate: configuration.construct.impressionRate)
            },
            auctions: simulation.map { $0.run(scores[0].auctions) })
    }

    private func row(
        _ arm: RankerArm, _ tested: Tested, _ done: [RankerArm: Tested], _ segments: [UserSegment],
        _ simulation: ABSimulation?
    ) throws -> RankerComparison.Arm {
        let everyone: (name: String, users: Set<Int32>?) = ("all users", nil)
        let groups = [everyone] + segments.map { (name: $0.name, users: $0.users) }
        let reference = arm.reference.flatMap { done[$0] }
        return try RankerComparison.Arm(
            arm: arm,
            metrics: tested.predictions[0].metrics(
                RankingMetric.allCases, against: reference?.predictions[0], bootstrap),
            segments: segments.enumerated().map { place, segment in
                let own = tested.predictions[place + 1]
                return try RankerComparison.Segment(
                    name: segment.name, users: own.userCount,
                    metrics: own.metrics(
                        [.auc, .gauc], against: reference?.predictions[place + 1], bootstrap),
                    gainOverAll: try reference.flatMap {
                        try tested.predictions[0].gainOverAll(
                            of: segment.users, against: $0.predictions[0], bootstrap)
                    })
            },
            auctions: groups.compactMap { group -> AuctionOutcome? in
                guard let simulation, let result = tested.auctions else { return nil }
                return try simulation.outcome(
                    group.name, of: result, users: group.users, against: reference?.auctions, bootstrap)
            },
            bothOver: arm.counterpart.flatMap { done[$0] }?.predictions[0].metrics(
                [.auc, .gauc], of: ["CTCVR"], against: tested.predictions[0], bootstrap))
    }
}
