import Foundation
import Pipeline
import TestSupport
import Testing
import Torch

@testable import RankingModels

@Suite("Ranker trainer", .serialized) struct RankerTrainerTests {
    private func train(
        _ trainer: RankerTrainer, enhanced: EnhancedFeatures = .none,
        metrics: (RankerMetrics) throws -> Void = { _ in }
    ) throws -> Ranker {
        try trainer.train(
            SmallWorld.impressions(), enhanced: enhanced, title: "test ranker", progress: RunProgress(),
            metrics: metrics)
    }

    private func bytes(_ ranker: Ranker) throws -> [Data] {
        try withTemporaryFolder { folder in
            try ranker.write(to: folder)
            return try ["config.json", "vocabulary.json", "ranker.safetensors"].map {
                try Data(contentsOf: folder.appending(path: $0))
            }
        }
    }

    @Test("learns a small set by heart") func learnsASmallSetByHeart() throws {
        var losses: [Double] = []
        let ranker = try train(SmallWorld.trainer(epochs: 200, learningRate: 2e-2)) { losses.append($0.loss) }
        #expect(losses.count == 600)
        #expect(try #require(losses.first) > 0.8 && losses.suffix(3).reduce(0, +) / 3 < 0.05)
        let impressions = SmallWorld.impressions()
        let scores = try ranker.scores(impressions.map(RankingRow.init))
        for (index, impression) in impressions.enumerated() {
            #expect((scores.ctr[index] > 0.5) == impression.isClick)
            #expect((scores.ctcvr[index] > 0.5) == impression.isConversion)
        }
    }

    @Test("same seed gives the same bytes") func sameSeedGivesTheSameBytes() throws {
        let first = try bytes(train(SmallWorld.trainer(), enhanced: SmallWorld.enhanced))
        #expect(try bytes(train(SmallWorld.trainer(), enhanced: SmallWorld.enhanced)) == first)
        #expect(try bytes(train(SmallWorld.trainer(seed: 8), enhanced: SmallWorld.enhanced)) != first)
    }

    @Test("trains with one thread per operation and restores the thread count")
    func trainsWithOneThreadPerOperation() throws {
        let before = TorchRuntime.threadCount
        defer { try? TorchRuntime.setThreadCount(before) }
        try TorchRuntime.setThreadCount(2)
        var counts: Set<Int> = []
        _ = try train(SmallWorld.trainer()) { _ in counts.insert(TorchRuntime.threadCount) }
        #expect(counts == [1])
        #expect(TorchRuntime.threadCount == 2)
        #expect(throws: RunError.self) { try train(SmallWorld.trainer(learningRate: .infinity)) }
        #expect(TorchRuntime.threadCount == 2)
    }

    @Test("metrics record every step") func metricsRecordEveryStep() throws {
        var lines: [RankerMetrics] = []
        _ = try train(SmallWorld.trainer(epochs: 2)) { lines.append($0) }
        #expect(lines.map(\.step) == Array(1...6))
        #expect(lines.map(\.epoch) == [1, 1, 1, 2, 2, 2])
        #expect(lines.allSatisfy { $0.loss > 0 && $0.gradientNorm > 0 && $0.learningRate > 0 })
    }

    @Test("a loss that is not finite throws with its step") func nonFiniteLossNamesItsStep() throws {
        #expect(throws: RunError.diverged(loop: "test ranker", step: 2, value: "nan")) {
            try train(SmallWorld.trainer(learningRate: .infinity))
        }
    }

    @Test("refuses feature groups that do not fit") func refusesFeatureGroupsThatDoNotFit() throws {
        let short = EnhancedFeatures(codes: [[0, 1]], codeCount: 3)
        let high = EnhancedFeatures(codes: Array(repeating: [0, 3], count: 6), codeCount: 3)
        let strange = EnhancedFeatures(similarSequences: Array(repeating: [99], count: 6))
        for features in [short, high, strange] {
            #expect(throws: RankingModelError.self) { try train(SmallWorld.trainer(), enhanced: features) }
        }
        #expect(throws: RankingModelError.noImpressions(title: "nothing")) {
            try SmallWorld.trainer().train([], title: "nothing", progress: RunProgress())
        }
    }

    @Test("refuses rows that would see the future") func refusesRowsThatWouldSeeTheFuture() throws {
        let late = EnhancedFeatures(
            similarSequences: SmallWorld.enhanced.snapshots[0].similarSequences, cutoff: 103)
        #expect(throws: RankingModelError.future(number: 1, time: 100, cutoff: 103)) {
            try train(SmallWorld.trainer(), enhanced: late)
        }
        let ranker = try train(
            SmallWorld.trainer(),
            enhanced: EnhancedFeatures(
                similarSequences: SmallWorld.enhanced.snapshots[0].similarSequences, cutoff: 100))
        #expect(throws: RankingModelError.future(number: 2, time: 99, cutoff: 100)) {
            try ranker.scores([SmallWorld.row(item: 1, time: 100), SmallWorld.row(item: 1, time: 99)])
        }
    }

    @Test("every row comes once per epoch") func everyRowComesOncePerEpoch() {
        let batches = ShuffledBatches(count: 23, batchSize: 5, seed: 1)
        let first = batches.ofEpoch(0)
        #expect(first.map(\.count) == [5, 5, 5, 5, 3])
        #expect(first.joined().sorted() == Array(0..<23))
        #expect(first == batches.ofEpoch(0) && first != batches.ofEpoch(1))
    }
}

@Suite("Ranker training parts", .serialized) struct RankerTrainingPartsTests {
    @Test("every network trains and reads back unchanged")
    func everyNetworkTrains() throws {
        let rows = SmallWorld.impressions().map(RankingRow.init)
        var losses: Set<Double> = []
        for (place, towers) in NetworkConfiguration.Towers.allCases.enumerated() {
            let trainer = SmallWorld.trainer(epochs: 30, learningRate: 1e-2) { configuration in
                configuration.network.towers = towers
                configuration.network.pooling = NetworkConfiguration.Pooling.allCases[place]
                configuration.network.crossLayers = place
            }
            var values: [Double] = []
            let ranker = try trainer.train(
                SmallWorld.impressions(), enhanced: SmallWorld.enhanced, title: "test",
                progress: RunProgress()
            ) { values.append($0.loss) }
            #expect(values[values.count - 1] < values[0], "\(towers)")
            losses.insert(values[values.count - 1])
            try withTemporaryFolder { folder in
                try ranker.write(to: folder)
                let restored = try Ranker(folder, SmallWorld.data, enhanced: SmallWorld.enhanced)
                let (found, expected) = (try restored.scores(rows), try ranker.scores(rows))
                #expect(found == expected, "\(towers)")
            }
        }
        #expect(losses.count == NetworkConfiguration.Towers.allCases.count, "each is another network")
    }

    @Test("stops when the held-out loss grows, and keeps the weights of the best epoch")
    func stopsWhenHeldOutLossGrows() throws {
        var lines: [RankerMetrics] = []
        let trainer = SmallWorld.trainer(epochs: 60, learningRate: 3e-2) {
            $0.validationShare = 0.25
            $0.patience = 2
        }
        let samples = try trainer.samples(ImpressionList(noise), title: "test")
        let stopped = try trainer.train(samples, title: "test", progress: RunProgress()) {
            lines.append($0)
        }
        let watched = lines.compactMap(\.validationLoss)
        let best = try #require(watched.indices.min { watched[$0] < watched[$1] })
        #expect(watched.count == best + 3 && watched.count < 60)
        #expect(lines.last?.epoch == watched.count)
        // The latest quarter is held out, and the weights are those of the best epoch: they have its
        // loss.
        let late = ImpressionList(Array(noise.suffix(noise.count / 4)))
        let alone = try SmallWorld.trainer().samples(late, title: "test")
        #expect(alone.count == noise.count / 4 && samples.count == noise.count - noise.count / 4)
        let (kept, expected) = (try samples.validation.table([0..<40]), try alone.training.table([0..<40]))
        #expect((0..<40).map(kept.user) == (0..<40).map(expected.user))
        #expect((0..<40).map(kept.eventCount) == (0..<40).map(expected.eventCount))
        #expect((0..<40).map(kept.isClick) == (0..<40).map(expected.isClick))
        var watch = RankerWatch(stopped, samples.validation)
        #expect(try watch.look(epoch: 0) == watched[best])
    }

    /// Random labels: nothing learnt from them generalizes.
    private var noise: [Impression] {
        var random = TestRandom(seed: 5)
        return SmallWorld.impressions(count: 160).map { old in
            Impression(
                user: old.user, item: old.item, time: old.time, basket: old.basket,
                context: old.context, isClick: Bool.random(using: &random), isConversion: false,
                period: .rankerTraining)
        }
    }

    @Test("touched rows are numbered in order of appearance")
    func touchedRowsAreNumbered() throws {
        let fields = try FeatureFields(SmallWorld.data)
        let rows = SmallWorld.impressions(count: 8).map(RankingRow.init)
        let vocabulary = try FeatureVocabulary.counted(
            SmallWorld.data, rows, fields: fields, historyLength: 5, minimumCount: 1)
        let builder = FeatureBuilder(SmallWorld.data, vocabulary: vocabulary, fields: fields)
        let shape = ESMM.Shape(
            rowCount: vocabulary.rowCount, fieldCount: fields.count, network: NetworkConfiguration(),
            historyLength: 5, codesPerUser: 2, codeCount: 3, similarLength: 7)
        let table = try builder.table(rows)
        let whole = BatchRows(table, [0, 3, 5], builder, SmallWorld.enhanced, shape)
        var batch = whole
        var touched = TouchedRows(rowCount: vocabulary.rowCount)
        for _ in 0..<2 {  // twice: the first batch leaves no state behind
            batch = whole
            let order = touched.renumber(&batch)
            #expect(Set(order).count == order.count)
            #expect(batch.fields.map { order[Int($0)] } == whole.fields)
            #expect(batch.history.rows.map { order[Int($0)] } == whole.history.rows)
            #expect(batch.similar?.rows.map { order[Int($0)] } == whole.similar?.rows)
            #expect(order[0] == whole.fields[0])
        }
    }

    @Test("an error in preparing or in using a batch ends the work once") func errorEndsTheWorkOnce() {
        struct Failure: Error, Equatable { let place: Int }
        var used: [Int] = []
        #expect(throws: Failure(place: 3)) {
            try BatchesAhead.forEach(6) { index in
                if index == 3 { throw Failure(place: 3) }
                return index * index
            } use: { index, value in
                #expect(value == index * index)
                used.append(index)
            }
        }
        #expect(used == [0, 1, 2])
        #expect(throws: Failure(place: 1)) {
            try BatchesAhead.forEach(6) {
                $0
            } use: { index, _ in
                if index == 1 { throw Failure(place: 1) }
            }
        }
    }
}
