import Evaluation
public import Foundation
public import Pipeline
public import RankingModels
import Torch

/// Epochs of training a ranker, the preparation of its batches included; a token is one impression. Then the
/// time that scoring one user's candidates takes.
public struct RankingBenchmark: Benchmark {
    /// See `Benchmark`.
    public private(set) var plan: BenchmarkPlan
    private let loop: RankerLoop
    private let world: RankingWorld
    private let candidates: [Int32]
    private var epoch = 0

    /// - Parameters:
    ///   - world: users, items, behaviours and impressions to train on.
    ///   - configuration: of the ranker; one step is one epoch.
    ///   - candidates: items that are scored at once for one user.
    /// - Throws: `BenchmarkError.request` for a size that is too small.
    public init(
        _ world: RankingWorld, configuration: RankerConfiguration, candidates: Int, seed: UInt64
    ) throws {
        try BenchmarkError.requirePositive(["candidates": candidates])
        let trainer = RankerTrainer(world.data, configuration: configuration, samplingRate: 1, seed: seed)
        let samples = try trainer.samples(world.impressions, title: "ranker")
        loop = try trainer.loop(samples, title: "ranker")
        self.world = world
        self.candidates = (0..<candidates).map { Int32($0 % world.data.items.count) }
        let rows = Double(samples.count)
        plan = BenchmarkPlan(
            work: "rank", tokensPerStep: samples.count,
            operationsPerStep: 3 * rows * loop.ranker.operationsPerRow,
            matrixShapes: MatrixProductRate.commonShapes)
    }

    /// See `Benchmark`.
    public mutating func step(_ timer: inout PhaseTimer) throws {
        try timer.measure("epoch") { try loop.run(epoch) { _ in } }
        epoch += 1
        try measureQuality()
        let clock = ContinuousClock()
        var milliseconds: [Double] = []
        for request in 0..<200 {
            let user = Int32(request % world.data.users.count)
            let taken = try clock.measure {
                _ = try loop.ranker.ctcvr(user: user, items: candidates, at: .max)
            }
            milliseconds.append(taken.seconds * 1e3)
        }
        milliseconds.sort()
        plan.details["scoreMillisecondsMedian"] = milliseconds[milliseconds.count / 2]
        plan.details["scoreMillisecondsP99"] = milliseconds[milliseconds.count * 99 / 100]
    }

    /// AUC on the test impressions, of which every one counts alike.
    private mutating func measureQuality() throws {
        let test = world.test
        guard !test.isEmpty else { return }
        let scores = try loop.ranker.scores(test.map(RankingRow.init))
        let users = test.map(\.user)
        for (name, values, labels) in [
            ("ctrAUC", scores.ctr, test.map(\.isClick)),
            ("ctcvrAUC", scores.ctcvr, test.map(\.isConversion)),
        ] {
            let found = try ImpressionScores(scores: values, labels: labels, users: users)
            plan.details[name] = found.value(of: .auc)
        }
    }

    /// Writes what the steps train on, for another program, and what they are tested on beside it as
    /// `….test`; see `Ranker.writeFeatures`.
    public func writeFeatures(to file: URL) throws {
        try loop.ranker.writeFeatures(of: world.impressions.all(), to: file)
        if !world.test.isEmpty {
            try loop.ranker.writeFeatures(of: world.test, to: file.appendingPathExtension("test"))
        }
    }
}

/// Logs for a ranker to train on.
public struct RankingWorld: Sendable {
    /// Users, items and behaviours.
    public let data: RankingData
    /// What is trained on.
    public let impressions: any ImpressionSource
    /// What quality is measured on; may be empty.
    public let test: [Impression]

    /// Logs.
    public init(data: RankingData, impressions: any ImpressionSource, test: [Impression] = []) {
        self.data = data
        self.impressions = impressions
        self.test = test
    }

    /// The logs of a run: the rankers' training window and the test window.
    ///
    /// - Throws: `RunError.missingStep` when stage 1 is not done.
    public init(of run: RunDirectory) throws {
        let tables = try run.output(of: Steps.tables)
        let data = try RankingData(tables)
        func of(_ period: TimePeriod) -> ImpressionFile {
            ImpressionFile(tables.impressions, data, periods: [period])
        }
        self.init(data: data, impressions: of(.rankerTraining), test: try of(.test).all())
    }

    /// Random logs of a size; the same seed gives the same.
    ///
    /// - Parameter behaviors: purchases of each user, all of them before the impressions.
    /// - Throws: `BenchmarkError.request` for a size that is too small.
    public static func random(
        users: Int, items: Int, behaviors: Int, impressions: Int, seed: UInt64
    ) throws -> RankingWorld {
        try BenchmarkError.requirePositive([
            "users": users, "items": items, "behaviors": behaviors, "impressions": impressions,
        ])
        var generator = SeededGenerator(seed: seed)
        let catalogue = (0..<items).map { index in
            Item(
                id: "\(index)", title: "item \(index)",
                categories: ["\(index % 20)", "\(index % 300)", "\(index % 2000)"], brand: "\(index % 500)",
                price: Double(index % 97) + 0.5)
        }
        let people = (0..<users).map { User(id: "\($0)", profile: "", attributes: [:], role: .other) }
        let events = (0..<Int32(users)).flatMap { user in
            (0..<Int32(behaviors)).map { hour in
                Event(
                    user: user, item: Int32.random(in: 0..<Int32(items), using: &generator),
                    time: Int64(hour) * 3600,
                    quantity: 1, value: 1, basket: Int64(hour))
            }
        }
        let shown = (0..<impressions).map { index in
            let draw = generator.nextUnit()
            return Impression(
                user: Int32.random(in: 0..<Int32(users), using: &generator),
                item: Int32.random(in: 0..<Int32(items), using: &generator),
                time: Int64(behaviors + index % 1000) * 3600, basket: Int64(index),
                context: ["\(index % 10)", "A"], isClick: draw < 0.2, isConversion: draw < 0.05,
                period: .rankerTraining)
        }
        return RankingWorld(
            data: RankingData(
                users: people, items: catalogue, events: events,
                context: ["display", "mailer"].map { ContextField(name: $0, usual: "A") }),
            impressions: ImpressionList(shown))
    }
}
