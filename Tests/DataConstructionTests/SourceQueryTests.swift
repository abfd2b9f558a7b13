import DuckDB
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import DataConstruction

/// The Complete Journey's tables against the Parquet files, by statements that share nothing with the bundled
/// ones.
@Suite struct SourceQueryTests {
    private let source: URL
    private let program: DuckDBProgram

    init() throws {
        source = try PackageFolder.dependency("data/completejourney")
        program = DuckDBProgram(executable: try PackageFolder.dependency("bin/duckdb"))
    }

    private func rows(_ query: String, in folder: URL) throws -> [String] {
        let copy = "COPY (\(query)) TO 'result.csv' (FORMAT csv, HEADER false, NULLSTR '-');"
        try program.run([SQLScript(name: "test", statements: copy)], in: folder)
        return try String(contentsOf: folder.appending(path: "result.csv"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
    }

    @Test("impressions are items promoted in the visit's store and week, with every conversion")
    func impressionsArePromotedItems() throws {
        let tables = try Journey.tables.get()
        try withTemporaryFolder { folder in
            for name in ["impressions.parquet", "items.jsonl", "users.jsonl", "catalogue.jsonl"] {
                try tables.files[name]?.write(to: folder.appending(path: name))
            }
            let numbered = { (name: String) in
                "(SELECT row_number() OVER () - 1 AS n, * FROM read_json('\(name).jsonl', columns = {id: "
                    + "'BIGINT', "
                    + "title: 'VARCHAR'}))"
            }
            let promoted = """
                SELECT DISTINCT t.household_id AS household,
                       epoch_us(date_trunc('hour', t.transaction_timestamp - INTERVAL 5 HOUR)) // 1000000
                           AS second,
                       p.product_id AS product
                FROM '\(source.path)/transactions.parquet' t JOIN '\(source.path)/promotions.parquet' p
                ON p.store_id = t.store_id AND p.week = t.week
                WHERE t.household_id IN (SELECT id FROM \(numbered("users")))
                """
            let unpromoted = try rows(
                """
                SELECT count(*) FROM (
                    SELECT users.id AS household, i.time AS second, items.id AS product
                    FROM 'impressions.parquet' i JOIN \(numbered("items")) items ON items.n = i.item
                    JOIN \(numbered("users")) users ON users.n = i."user"
                    EXCEPT \(promoted))
                """, in: folder)
            #expect(unpromoted == ["0"])
            let conversions = try rows(
                """
                SELECT count(DISTINCT (t.basket_id, t.product_id))
                FROM '\(source.path)/transactions.parquet' t
                SEMI JOIN '\(source.path)/promotions.parquet' p
                ON p.store_id = t.store_id AND p.week = t.week AND p.product_id = t.product_id
                JOIN \(numbered("items")) items ON items.id = t.product_id
                JOIN \(numbered("users")) users ON users.id = t.household_id
                WHERE items.title IN (SELECT title FROM 'catalogue.jsonl') AND t.quantity > 0 AND \
                t.sales_value > 0
                """, in: folder)
            #expect(conversions == ["\(tables.impressions.count { $0.isConversion })"])
        }
    }

    @Test("profiles do not depend on later events") func profilesIgnoreLaterEvents() throws {
        try withTemporaryFolder { folder in
            let early = folder.appending(path: "early")
            try FileManager.default.createDirectory(at: early, withIntermediateDirectories: true)
            let names = ["products", "promotions", "campaigns", "campaign_descriptions", "demographics"]
            for name in names {
                try FileManager.default.createSymbolicLink(
                    at: early.appending(path: "\(name).parquet"),
                    withDestinationURL: source.appending(path: "\(name).parquet"))
            }
            let truncated = """
                COPY (FROM '\(source.path)/transactions.parquet' WHERE week <= 30)
                TO 'early/transactions.parquet' (FORMAT parquet);
                COPY (FROM '\(source.path)/coupon_redemptions.parquet' WHERE redemption_date < '2017-07-24')
                TO 'early/coupon_redemptions.parquet' (FORMAT parquet);
                """
            try program.run([SQLScript(name: "truncate", statements: truncated)], in: folder)
            let profiles = try [source, early].map { try users(of: $0, in: folder) }
            #expect(profiles[1].count > 2000)
            // Users whose first purchase comes later have no profile to compare.
            let changed = profiles[1].filter { profiles[0][$0.key] != $0.value }.count
            #expect(changed == 0)
        }
    }

    /// Rows of `source_users` by id.
    private func users(of source: URL, in folder: URL) throws -> [Substring: String] {
        var configuration = try Journey.source
        configuration.source.folder = source.path
        let constructor = try DataConstructor(configuration, seed: 7, threads: 2)
        let write = "COPY (FROM source_users ORDER BY id) TO 'users.csv' (FORMAT csv, HEADER false);"
        try program.run(
            [
                constructor.settings(), SQLScript.bundled("before-source"), constructor.scriptOfUser(),
                SQLScript(name: "write", statements: write),
            ], in: folder)
        let lines = try String(contentsOf: folder.appending(path: "users.csv"), encoding: .utf8)
            .split(separator: "\n").map(String.init)
        return Dictionary(uniqueKeysWithValues: lines.map { ($0.prefix { $0 != "," }, $0) })
    }

    @Test("a target not bought in its visit and a history with later purchases are refused")
    func leakingSamplesAreRefused() throws {
        let tables = try Journey.tables.get()
        let sample = tables.samples[0]
        let own = tables.events.filter { $0.user == sample.user }
        let now = Set(own.filter { $0.time == sample.time }.map(\.item))
        let earlier = Set(own.filter { $0.time < sample.time }.map(\.item))
        try SplitCheck.check([sample], tables.events)
        // A target that the visit did not buy, and a history with what was bought only in the visit or later.
        var wrongTarget = sample
        wrongTarget.target = try #require(earlier.subtracting(now).min())
        var lateHistory = sample
        lateHistory.history.append(try #require(own.first { !earlier.contains($0.item) }).item)
        for wrong in [wrongTarget, lateHistory] {
            #expect(throws: DataConstructionError.targetBeforeHistory(sample: sample.id)) {
                try SplitCheck.check([wrong], tables.events)
            }
        }
    }

    @Test("a missing folder is named") func missingFolderIsNamed() throws {
        var configuration = try Journey.source
        configuration.source.folder = "/nonexistent"
        try withTemporaryFolder { folder in
            let error = #expect(throws: DuckDBError.self) {
                _ = try DataConstructor(configuration, seed: 7, threads: 2)
                    .writeTables(to: ConstructedTables(folder: folder), progress: RunProgress())
            }
            #expect(error?.description.contains("/nonexistent/transactions.parquet") == true)
        }
    }
}
