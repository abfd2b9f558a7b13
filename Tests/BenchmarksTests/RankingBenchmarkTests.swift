import Benchmarks
import Foundation
import ModelFiles
import Pipeline
import RankingModels
import TestSupport
import Testing
import Torch
import VectorSearch

@Suite("Benchmarks of stage 4", .serialized) struct RankingBenchmarkTests {
    @Test("one epoch of the ranker counts every impression, and its features are written in full")
    func epochCountsItsImpressions() throws {
        var configuration = RankerConfiguration()
        (configuration.batchSize, configuration.historyLength, configuration.epochs) = (16, 4, 2)
        configuration.network.minimumCount = 1
        let world = try RankingWorld.random(users: 20, items: 30, behaviors: 6, impressions: 48, seed: 3)
        var work = try RankingBenchmark(world, configuration: configuration, candidates: 10, seed: 1)
        #expect(work.plan.tokensPerStep == 48 && work.plan.operationsPerStep > 0)
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "features.safetensors")
            try work.writeFeatures(to: file)
            let features = try SafetensorsFile(file)
            let fields: [Int32] = try features.tensor("fields").elements()
            let starts: [Int32] = try features.tensor("starts").elements()
            let width = starts.count - 1
            #expect(fields.count == 48 * width)
            for (place, row) in fields.enumerated() {
                #expect(starts[place % width] <= row && row < starts[place % width + 1])
            }
            let mask: [Float] = try features.tensor("mask").elements()
            #expect(mask == [Float](repeating: 1, count: 48 * 4), "six behaviours before every impression")
            let clicks: [Float] = try features.tensor("click").elements()
            #expect(try clicks == world.impressions.all().map { $0.isClick ? 1 : 0 })
        }
        let report = try work.measured(warmUp: 0, steps: 2)
        #expect(report.tokensPerSecond > 0 && report.details["scoreMillisecondsP99", default: 0] > 0)
        #expect(throws: BenchmarkError.self) {
            try RankingWorld.random(users: 0, items: 1, behaviors: 1, impressions: 1, seed: 1)
        }
    }

    @Test("vectors have unit length and are reproducible; searching them finds what exact search finds")
    func vectorsAreOfUnitLength() throws {
        let vectors = try SampleEmbeddings.make(count: 2000, width: 32, seed: 1)
        #expect(try vectors == SampleEmbeddings.make(count: 2000, width: 32, seed: 1))
        for row in [0, 999, 1999] {
            let length = vectors[row * 32..<(row + 1) * 32].reduce(0) { $0 + $1 * $1 }
            #expect(abs(length - 1) < 1e-5)
        }
        var work = try RetrievalBenchmark(vectors, width: 32, queryCount: 500, method: .hnsw)
        #expect(try #require(work.plan.details["recallAt1"]) > 0.95)
        #expect(try work.measured(warmUp: 0, steps: 1).tokensPerSecond > 0)
        var encoding = try QuantizingBenchmark(
            vectors, width: 32,
            configuration: QuantizerConfiguration(subquantizerCount: 4, bits: 4, seed: 1))
        #expect(try encoding.measured(warmUp: 0, steps: 1).details["codes"] == 8000)
    }
}
