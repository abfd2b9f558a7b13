import DuckDB
public import Foundation
public import Pipeline

/// Impressions in a Parquet or CSV file, which are read a block at a time.
public struct ImpressionFile: ImpressionSource {
    private let url: URL
    private let context: [String]
    private let userCount: Int
    private let itemCount: Int
    private let isTaken: @Sendable (Impression) -> Bool
    private let periods: [TimePeriod]

    /// - Parameters:
    ///   - url: has the columns of `Impression.columns` and of the data's context; `.parquet`, or else CSV;
    /// by user and time, where a
    ///     ranker is to be trained on it.
    ///   - data: whose users and items the impressions name.
    ///   - periods: whose impressions are taken.
    ///   - isTaken: which of these are.
    public init(
        _ url: URL, _ data: RankingData, periods: [TimePeriod] = TimePeriod.allCases,
        where isTaken: @escaping @Sendable (Impression) -> Bool = { _ in true }
    ) {
        (self.url, userCount, itemCount) = (url, data.users.count, data.items.count)
        context = data.context.map(\.name)
        (self.periods, self.isTaken) = (periods, isTaken)
    }

    /// See `ImpressionSource`.
    ///
    /// - Throws: `RunError.file` naming the row of a user or item that does not exist, or of a label that
    ///   cannot be; `DuckDBError` for a Parquet file that is damaged or lacks a column.
    public func forEachImpression(_ body: (Impression) throws -> Void) throws {
        func take(_ impression: Impression) throws {
            if periods.contains(impression.period), isTaken(impression) { try body(impression) }
        }
        guard url.pathExtension == "parquet" else {
            return try Impression.forEach(
                in: url, context: context, userCount: userCount, itemCount: itemCount, take)
        }
        try DuckDBProgram.fetched(threads: 1).forEachBlock(of: query, in: url.deletingLastPathComponent()) {
            next in
            try Impression.forEach(
                of: url.path, context: context, userCount: userCount, itemCount: itemCount, next: next, take)
        }
    }

    /// The file's rows in order. Rows of other periods stay in DuckDB, those of a period that is none do not,
    /// so that they are refused.
    private var query: SQLScript {
        let columns = (Impression.columns + context).map { name in
            switch name {
            // Truth values become 0 and 1; all else is handed on, to be read or refused.
            case "click", "conversion":
                "CASE CAST(\(name) AS VARCHAR) WHEN 'true' THEN '1' WHEN 'false' THEN '0' "
                    + "ELSE CAST(\(name) AS VARCHAR) END AS \(name)"
            default: "\"\(name.replacing("\"", with: "\"\""))\""
            }
        }
        let others = TimePeriod.allCases.filter { !periods.contains($0) }
        let isWanted =
            others.isEmpty
            ? "true"
            : "(period IN (\(others.map { DuckDBProgram.literal($0.rawValue) }.joined(separator: ", ")))) "
                + "IS NOT TRUE"
        return SQLScript(
            name: url.lastPathComponent,
            statements: """
                SELECT \(columns.joined(separator: ", ")), file_row_number + 1 AS "row"
                FROM read_parquet(\(DuckDBProgram.literal(url.path)), file_row_number = true)
                WHERE \(isWanted)
                """)
    }
}
