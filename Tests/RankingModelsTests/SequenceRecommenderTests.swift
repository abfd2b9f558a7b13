import Pipeline
import TestSupport
import Testing

@testable import RankingModels

@Suite("Sequence recommender", .serialized) struct SequenceRecommenderTests {
    /// Items go round in a circle of seven, from anywhere.
    private let sequences = (0..<40).map { start in (0..<30).map { Int32((start + $0) % 7) } }

    private func train(seed: UInt64 = 1) throws -> SequenceRecommender {
        var configuration = SequenceRecommender.Configuration()
        configuration.width = 16
        configuration.blocks = 1
        configuration.length = 10
        configuration.epochs = 8
        configuration.learningRate = 1e-2
        return try SequenceRecommender.train(
            sequences, itemCount: 9, configuration: configuration, seed: seed, title: "test",
            progress: RunProgress())
    }

    @Test("learns which item follows, is reproducible by seed, and never sees the future")
    func learnsTheNextItem() throws {
        let model = try train()
        for item in 0..<Int32(7) {
            let scores = try model.scores(after: [(item + 6) % 7, item])
            let best = try #require(scores.indices.max { scores[$0] < scores[$1] })
            #expect(best == Int((item + 1) % 7))
        }
        let again = try train().scores(after: [3, 4])
        #expect(try again == model.scores(after: [3, 4]))
        // Only the newest ten count.
        let recent = (0..<10).map { Int32($0 % 7) }
        #expect(try model.scores(after: [0, 0, 0] + recent) == model.scores(after: [5] + recent))
    }

    @Test("windows predict every item except the first exactly once") func windowsPredictEveryItemOnce() {
        let windows = SequenceRecommender.windows(of: Array(0..<23), length: 10)
        #expect(windows.map(\.count) == [11, 11, 3])
        #expect(windows.flatMap { $0.dropFirst() } == Array(1..<23))
        #expect(SequenceRecommender.windows(of: [4], length: 10).isEmpty)
    }

    @Test("refuses unknown items and an empty training set") func refusesUnknownItems()
        throws
    {
        let model = try train()
        #expect(throws: RankingModelError.self) { try model.scores(after: [9]) }
        #expect(throws: RankingModelError.self) { try model.scores(after: []) }
        #expect(throws: RankingModelError.noImpressions(title: "none")) {
            try SequenceRecommender.train(
                [[1], []], itemCount: 9, seed: 1, title: "none", progress: RunProgress())
        }
    }
}
