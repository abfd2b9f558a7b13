import Foundation
import Pipeline
import TestSupport
import Testing

@testable import RankingModels

@Suite("Samples in bounded memory", .serialized) struct SampleStreamTests {
    private func samples(_ source: some ImpressionSource, window: Int, in folder: URL) throws -> RankerSamples
    {
        var configuration = RankerConfiguration()
        configuration.historyLength = 5
        configuration.network.minimumCount = 1
        configuration.validationShare = 0.2
        return try RankerSamples(
            source, SmallWorld.data, schema: .init(), configuration, title: "test", spillingTo: folder,
            window: window)
    }

    @Test("samples on disk equal those in memory, and no file is left behind") func diskMatchesMemory() throws
    {
        try withTemporaryFolder { folder in
            let source = ImpressionList(SmallWorld.impressions(count: 600))
            let whole = try samples(source, window: 1000, in: folder)
            let spilled = try samples(source, window: 50, in: folder)
            #expect(whole.count == 480 && spilled.count == 480 && whole.validation.count == 120)
            #expect(try whole.training.table([0..<480]) == spilled.training.table([0..<480]))
            #expect(
                try whole.training.table([470..<480, 0..<3]) == spilled.training.table([470..<480, 0..<3]))
            var read = whole.builder.emptyTable
            var sizes: [Int] = []
            try spilled.validation.forEachWindow { table in
                read = FeatureTable(rowWidth: read.rowWidth, numbers: read.numbers + table.numbers)
                sizes.append(table.count)
            }
            #expect(try read == whole.validation.table([0..<120]) && sizes == [50, 50, 20])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test("every sample comes once per epoch, whatever the window") func everySampleOnce() throws {
        try withTemporaryFolder { folder in
            let all = try samples(
                ImpressionList(SmallWorld.impressions(count: 2000)), window: 4000, in: folder
            ).training.table([0..<1600])
            for window in [4000, 700, 64, 10] {
                let store = try samples(
                    ImpressionList(SmallWorld.impressions(count: 2000)), window: window, in: folder
                ).training
                func epoch(_ number: Int) throws -> [[Int32]] {
                    var batches = EpochBatches(store, batchSize: 32, seed: 3, epoch: number)
                    return try (0..<batches.count).map { index in
                        let (table, places) = try batches.batch(index)
                        // One window in memory; batches are whole, so that it may be a batch longer at least.
                        #expect(table.count <= max(window, 32))
                        return table.rows(Array(places)).numbers
                    }
                }
                let (first, second) = (try epoch(0), try epoch(1))
                #expect(first.map(\.count) == [Int](repeating: 32 * all.rowWidth, count: 50))
                #expect(first == (try epoch(0)) && first != second)
                for found in [first, second] {
                    let rows = FeatureTable(rowWidth: all.rowWidth, numbers: Array(found.joined()))
                    #expect(sorted(rows) == sorted(all), "window \(window)")
                    #expect(rows != all)
                }
            }
        }
    }

    private func sorted(_ table: FeatureTable) -> [[Int32]] {
        (0..<table.count).map { table.rows([$0]).numbers }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    @Test("a ranker trained from a Parquet file is bitwise equal to one trained from memory")
    func parquetMatchesMemory()
        throws
    {
        try withTemporaryFolder { folder in
            let file = try ParquetFile.write(ImpressionList(SmallWorld.impressions()).all(), to: folder)
            let trainer = SmallWorld.trainer()
            func losses(_ samples: RankerSamples) throws -> [Double] {
                var losses: [Double] = []
                _ = try trainer.train(samples, title: "test", progress: RunProgress()) {
                    losses.append($0.loss)
                }
                return losses
            }
            let source = ImpressionFile(file, SmallWorld.data)
            let found = try losses(trainer.samples(source, title: "test"))
            let expected = try losses(
                trainer.samples(ImpressionList(SmallWorld.impressions()), title: "test"))
            #expect(found == expected && found.count == 4 * 3)
        }
    }

    @Test("training from disk learns, and the same seed gives the same bytes") func trainsFromDisk() throws {
        try withTemporaryFolder { folder in
            var configuration = RankerConfiguration()
            configuration.epochs = 30
            configuration.batchSize = 16
            configuration.learningRate = 1e-2
            configuration.network.minimumCount = 1
            let trainer = RankerTrainer(
                SmallWorld.data, configuration: configuration, samplingRate: 1, seed: 1)
            func losses() throws -> [Double] {
                let samples = try RankerSamples(
                    ImpressionList(SmallWorld.impressions(count: 192)), SmallWorld.data, schema: .init(),
                    configuration, title: "test", spillingTo: folder, window: 40)
                var losses: [Double] = []
                _ = try trainer.train(samples, title: "test", progress: RunProgress()) {
                    losses.append($0.loss)
                }
                return losses
            }
            let first = try losses()
            #expect(try first == losses() && first.count == 30 * 12)
            #expect(first[first.count - 1] < first[0] / 2)
        }
    }

    @Test("impressions that are not sorted by user and time are refused by row") func orderIsChecked() throws
    {
        let rows = SmallWorld.impressions(count: 3)
        #expect(throws: RankingModelError.order(number: 3)) {
            _ = try samples(
                Unsorted(impressions: [rows[0], rows[2], rows[1]]), window: 10, in: URL(filePath: "/"))
        }
        let none = Unsorted(impressions: [])
        #expect(throws: RankingModelError.noImpressions(title: "test")) {
            _ = try samples(none, window: 10, in: URL(filePath: "/"))
        }
    }

    private struct Unsorted: ImpressionSource {
        let impressions: [Impression]
        func forEachImpression(_ body: (Impression) throws -> Void) throws {
            for impression in impressions { try body(impression) }
        }
    }

    @Test("a folder that cannot hold the samples is named") func unwritableFolderIsNamed() throws {
        let error = #expect(throws: RunError.self) {
            _ = try samples(
                ImpressionList(SmallWorld.impressions()), window: 10, in: URL(filePath: "/nonexistent"))
        }
        #expect(error?.description.contains("/nonexistent/.samples-") == true)
        #expect(error?.description.contains("cannot be created") == true)
    }
}
