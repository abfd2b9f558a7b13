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
    private let bootstrap: Bootstrap

    init(_ run: Run) throws {
        self.run = run
        configuration = run.configuration
        tables = try run.output(of: Steps.tables)
        data = try RankingData(tables)
        features = try FeatureSets(run)
        training = RankingTraining(run)
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
        var baseline: Tested?
        for arm in RankerArm.allCases where arm != .frozen || features.reasoning.count > 1 {
            let tested = try self.test(
                ranker(arm, start: window.start, spillingTo: output), test, segments, simulation)
            arms.append(try row(arm, tested, against: baseline, segments, simulation))
            if let simulation, let result = tested.auctions {
                users += simulation.records(arm, result, longTail: segments[0].users)
            }
            if arm == .baseline { baseline = tested }
        }
        try output.auctions.write(users)
        try output.comparison.write(
            RankerComparison(
                trainingImpressions: window.impressions, testImpressions: test.count,
                testConversions: test.isConversion.count { $0 }, arms: arms))
    }

    /// The arm's ranker: that of stage 4 where the arm is one of the run's own.
    private func ranker(
        _ arm: RankerArm, start: Int64, spillingTo output: RankerComparisonFiles
    ) throws -> Ranker {
        let enhanced = arm.features(
            features, data, configuration.rank, before: start,
            seed: SeededGenerator(seed: configuration.stream(.rankers).state, path: 1).state)
        switch arm {
        case .baseline: return try Ranker(run.output(of: Steps.judge).folder, data)
        case .both:
            return try Ranker(run.output(of: Steps.ranker).folder, data, features: features.reasoning)
        default:
            return try training.train(title: arm.title, spillingTo: output) { _, _ in enhanced }
        }
    }

    /// What a ranker says of the test window: of all users, then of each segment.
    private struct Tested {
        let predictions: [RankerPredictions]
        let auctions: ABSimulation.Result?
    }

    private func test(
        _ ranker: Ranker, _ test: TestWindow, _ segments: [UserSegment], _ simulation: ABSimulation?
    ) throws -> Tested {
        let scores = try test.scores(by: ranker)
        return Tested(
            predictions: try ([nil] + segments.map(\.users)).map {
                try RankerPredictions(
                    scores, of: test, users: $0, rate: configuration.construct.impressionRate)
            },
            auctions: try simulation.map { try $0.run(ranker.scores($0.rows.map(RankingRow.init)).ctcvr) })
    }

    private func row(
        _ arm: RankerArm, _ tested: Tested, against baseline: Tested?, _ segments: [UserSegment],
        _ simulation: ABSimulation?
    ) throws -> RankerComparison.Arm {
        let everyone: (name: String, users: Set<Int32>?) = ("all users", nil)
        let groups = [everyone] + segments.map { (name: $0.name, users: $0.users) }
        return try RankerComparison.Arm(
            arm: arm,
            metrics: tested.predictions[0].metrics(
                RankingMetric.allCases, against: baseline?.predictions[0], bootstrap),
            segments: segments.enumerated().map { place, segment in
                let own = tested.predictions[place + 1]
                return try RankerComparison.Segment(
                    name: segment.name, users: own.userCount,
                    metrics: own.metrics(
                        [.auc, .gauc], against: baseline?.predictions[place + 1], bootstrap))
            },
            auctions: groups.compactMap { group -> AuctionOutcome? in
                guard let simulation, let result = tested.auctions else { return nil }
                return try simulation.outcome(
                    group.name, of: result, users: group.users, against: baseline?.auctions, bootstrap)
            })
    }
}
