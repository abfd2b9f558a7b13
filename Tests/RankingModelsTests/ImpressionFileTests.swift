import DuckDB
import Foundation
import Pipeline
import TestSupport
import Testing

@testable import RankingModels

@Suite("Impressions in files") struct ImpressionFileTests {
    @Test("rows are read in order, from the requested periods only") func rowsOfThePeriods() throws {
        try withTemporaryFolder { folder in
            let rows = SmallWorld.impressions().enumerated().map { place, old in
                var row = old
                row.period = place % 3 == 0 ? .test : .rankerTraining
                row.context[0] = place % 5 == 0 ? "a, \"b\"" : ""
                row.value = Double(place) / 4
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

    @Test("an invalid row is refused with its position in the file", arguments: wrong)
    func wrongRowsAreNamed(column: String, value: String, expected: String) throws {
        try withTemporaryFolder { folder in
            let file = try ParquetFile.write(
                SmallWorld.impressions(), to: folder,
                query: """
                    SELECT * REPLACE (
                        CASE WHEN basket = 4 THEN CAST(\(value) AS VARCHAR)
                            ELSE CAST(\(column) AS VARCHAR) END AS \(column))
                    FROM rows
                    """)
            let error = #expect(throws: RunError.self) {
                _ = try ImpressionFile(file, SmallWorld.data, periods: [.rankerTraining]).all()
            }
            let description = error?.description ?? ""
            #expect(description.contains("impressions.parquet, \(expected)"), "\(description)")
        }
    }

    @Test("a conversion without a click is refused, and a missing column or a damaged file is named")
    func wrongFilesAreNamed() throws {
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

    @Test("a CSV file reads like a Parquet file") func csvMatchesParquet() throws {
        try withTemporaryFolder { folder in
            let rows = SmallWorld.impressions().sorted { ($0.user, $0.time) < ($1.user, $1.time) }
            let file = folder.appending(path: "impressions.csv")
            try ParquetFile.csv(rows).write(to: file)
            #expect(try ImpressionFile(file, SmallWorld.data).all() == rows)
        }
    }
}
