import DuckDB
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

    @Test("what lies on disk is what lies in memory, and leaves no file") func diskIsMemory() throws {
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

    @Test("every sample comes once an epoch, whatever the window") func everySampleOnce() throws {
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

    @Test("a ranker learns from a Parquet file what it learns from memory, to the bit") func parquetIsMemory()
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

    @Test("training from disk learns, and the same seed gives the same") func diskLearns() throws {
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

    @Test("impressions that are not by user and time are refused by row") func orderIsChecked() throws {
        let rows = SmallWorld.impressions(count: 3)
        #expect(throws: RankingModelError.order(row: 2)) {
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

    @Test("a folder that cannot hold the samples is named") func fullFolder() throws {
        let error = #expect(throws: RunError.self) {
            _ = try samples(
                ImpressionList(SmallWorld.impressions()), window: 10, in: URL(filePath: "/nonexistent"))
        }
        #expect(error?.description.contains("/nonexistent/.samples-") == true)
        #expect(error?.description.contains("cannot be created") == true)
    }
}

@Suite("Impressions in files") struct ImpressionFileTests {
    @Test("rows come in order, of the periods that are asked for") func periods() throws {
        try withTemporaryFolder { folder in
            let rows = SmallWorld.impressions().enumerated().map { place, old in
                var row = old
                row.period = place % 3 == 0 ? .test : .rankerTraining
                row.display = place % 5 == 0 ? "a, \"b\"" : ""
                return row
            }
            let file = try ParquetFile.write(rows, to: folder)
            #expect(try ImpressionFile(file, SmallWorld.data).all() == rows)
            #expect(
                try ImpressionFile(file, SmallWorld.data, periods: [.test]).all()
                    == rows.filter { $0.period == .test })
            #expect(
                try ImpressionFile(file, SmallWorld.data, periods: [.test], where: \.isClick).all()
                    == rows.filter { $0.period == .test && $0.isClick })
        }
    }

    /// A column, what row 5 has in its place, and what the refusal says.
    static let wrong = [
        ("\"user\"", "99", "row 5: names user 99, which does not exist; there are 6, from 0 to 5"),
        ("item", "-1", "row 5: names item -1, which does not exist; there are 12, from 0 to 11"),
        ("time", "NULL", "row 5: has time ''; expected a whole number"),
        ("click", "2", "row 5: has click '2'; expected 0 or 1"),
        ("click", "'often'", "row 5: has click 'often'; expected 0 or 1"),
        ("conversion", "NULL", "row 5: has conversion ''; expected 0 or 1"),
        ("period", "'someday'", "row 5: has period 'someday'; expected one of reward"),
        ("period", "NULL", "row 5: has period ''; expected one of reward"),
    ]

    @Test("a row that cannot be is refused with its place in the file", arguments: wrong)
    func wrongRows(column: String, value: String, expected: String) throws {
        try withTemporaryFolder { folder in
            let file = try ParquetFile.write(
                SmallWorld.impressions(), to: folder,
                query: """
                    SELECT * REPLACE (
                        CASE WHEN basket = 4 THEN CAST(\(value) AS VARCHAR) ELSE CAST(\(column) AS VARCHAR) END AS \(column))
                    FROM rows
                    """)
            let error = #expect(throws: RunError.self) {
                _ = try ImpressionFile(file, SmallWorld.data, periods: [.rankerTraining]).all()
            }
            let description = error?.description ?? ""
            #expect(description.contains("impressions.parquet, \(expected)"), "\(description)")
        }
    }

    @Test("a conversion without a click is refused, a missing column and a damaged file are named")
    func wrongFiles() throws {
        try withTemporaryFolder { folder in
            func refusal(_ query: String) throws -> String {
                let file = try ParquetFile.write(SmallWorld.impressions(), to: folder, query: query)
                do { _ = try ImpressionFile(file, SmallWorld.data).all() } catch { return "\(error)" }
                return ""
            }
            let lone = try refusal("SELECT * REPLACE (false AS click, true AS conversion) FROM rows")
            #expect(lone.contains("row 1: converts without a click"))
            let missing = try refusal("SELECT * EXCLUDE (mailer) FROM rows")
            #expect(
                missing.contains("impressions.parquet: ") && missing.contains("\"mailer\" not found"),
                "\(missing)")
            let file = folder.appending(path: "impressions.parquet")
            try Data("PAR1 no more".utf8).write(to: file)
            let damaged = #expect(throws: DuckDBError.self) {
                _ = try ImpressionFile(file, SmallWorld.data).all()
            }
            #expect(damaged?.description.contains("impressions.parquet") == true)
        }
    }

    @Test("the CSV file of an earlier version is read where there is no other") func earlierVersion() throws {
        try withTemporaryFolder { folder in
            let rows = SmallWorld.impressions().sorted { ($0.user, $0.time) < ($1.user, $1.time) }
            let old = folder.appending(path: "impressions.csv")
            try ParquetFile.csv(rows).write(to: old)
            let found = ConstructedTables.table(ConstructedFiles.impressions, in: folder)
            #expect(found.path == old.path)
            #expect(try ImpressionFile(found, SmallWorld.data).all() == rows)
            let new = try ParquetFile.write(rows, to: folder)
            try ParquetFile.csv(rows).write(to: old)
            #expect(ConstructedTables.table(ConstructedFiles.impressions, in: folder).path == new.path)
        }
    }
}

/// Impressions as files.
private enum ParquetFile {
    static func csv(_ rows: [Impression]) -> Data {
        let lines = rows.map { row in
            func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
            return
                "\(row.user),\(row.item),\(row.time),\(row.basket),\(quoted(row.display)),\(quoted(row.mailer)),"
                + "\(row.isClick ? 1 : 0),\(row.isConversion ? 1 : 0),\(row.period.rawValue)\n"
        }
        return Data((Impression.columns.joined(separator: ",") + "\n" + lines.joined()).utf8)
    }

    /// - Parameter query: what is written, of `rows`.
    static func write(_ rows: [Impression], to folder: URL, query: String = "FROM rows") throws -> URL {
        let source = folder.appending(path: "rows.csv")
        try csv(rows).write(to: source)
        let types = """
            {"user": 'INTEGER', item: 'INTEGER', time: 'INTEGER', basket: 'BIGINT', display: 'VARCHAR', mailer: 'VARCHAR',
             click: 'BOOLEAN', conversion: 'BOOLEAN', period: 'VARCHAR'}
            """
        try DuckDBProgram(executable: PackageFolder.dependency("bin/duckdb")).run(
            [
                SQLScript(
                    name: "write",
                    statements: """
                        CREATE TABLE rows AS SELECT * FROM read_csv('rows.csv', header = true, nullstr = '-', types = \(types));
                        COPY (\(query)) TO 'impressions.parquet' (FORMAT parquet);
                        """)
            ], in: folder)
        try FileManager.default.removeItem(at: source)
        return folder.appending(path: "impressions.parquet")
    }
}
