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
        let ranker = try train(SmallWorld.trainer(epochs: 120, learningRate: 2e-2)) { losses.append($0.loss) }
        #expect(losses.count == 360)
        #expect(try #require(losses.first) > 1 && losses.suffix(3).reduce(0, +) / 3 < 0.05)
        let predictions = try ranker.predictions(for: SmallWorld.impressions())
        for index in predictions.users.indices {
            #expect((predictions.ctr[index] > 0.5) == predictions.clicks[index])
            #expect((predictions.ctcvr[index] > 0.5) == predictions.conversions[index])
        }
    }

    @Test("same seed gives the same bytes") func sameSeedGivesTheSameBytes() throws {
        let first = try bytes(train(SmallWorld.trainer(), enhanced: SmallWorld.enhanced))
        #expect(try bytes(train(SmallWorld.trainer(), enhanced: SmallWorld.enhanced)) == first)
        #expect(try bytes(train(SmallWorld.trainer(seed: 8), enhanced: SmallWorld.enhanced)) != first)
    }

    @Test("trains with one thread an operation and gives the others back")
    func trainsWithOneThreadAnOperation() throws {
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

    @Test("metrics tell every step") func metricsTellEveryStep() throws {
        var lines: [RankerMetrics] = []
        _ = try train(SmallWorld.trainer(epochs: 2)) { lines.append($0) }
        #expect(lines.map(\.step) == Array(1...6))
        #expect(lines.map(\.epoch) == [1, 1, 1, 2, 2, 2])
        #expect(lines.allSatisfy { $0.loss > 0 && $0.gradientNorm > 0 && $0.learningRate > 0 })
    }

    @Test("a loss that is no number throws with its step") func aLossThatIsNoNumberThrowsWithIts() throws {
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

    @Test("every row comes once an epoch") func everyRowComesOnceAnEpoch() {
        let batches = ShuffledBatches(count: 23, batchSize: 5, seed: 1)
        let first = batches.ofEpoch(0)
        #expect(first.map(\.count) == [5, 5, 5, 5, 3])
        #expect(first.joined().sorted() == Array(0..<23))
        #expect(first == batches.ofEpoch(0) && first != batches.ofEpoch(1))
    }
}
