import DuckDB
public import Foundation
public import Pipeline
public import RankingModels

/// Scores an impression file from disk with a ranker of a run, a block of rows in memory.
///
/// The file has the columns `user` and `item` (the logs' own ids) and `time` (a timestamp, or seconds since
/// 1970), and may have those of the run's context, such as a position; a column that it lacks has its usual
/// value, `ContextField.usual`, in every row. The result has the file's own columns in the file's order, and
/// `ctr`, `cvr`
/// and `ctcvr`.
public struct ImpressionScoring {
    private let ranker: Ranker
    private let data: RankingData
    private let tables: ConstructedTables
    private let program: DuckDBProgram

    /// - Parameter tables: of the run that trained the ranker; they know the ids.
    /// - Throws: `DuckDBError.missingProgram`.
    public init(_ ranker: Ranker, _ data: RankingData, _ tables: ConstructedTables, threads: Int) throws {
        self.ranker = ranker
        self.data = data
        self.tables = tables
        program = try .fetched(threads: threads)
    }

    /// Scores a Parquet, CSV or JSON-lines file and writes Parquet or CSV, by the names' endings.
    ///
    /// - Returns: number of rows.
    /// - Throws: `DuckDBError` naming the row of an unknown user or item, or a missing column;
    ///   `RunError.file` for an ending that is none of these; `RankingModelError.future` for a row before the
    ///   end of the behaviours that similar users lend.
    public func score(_ file: URL, to output: URL, progress: RunProgress) throws -> Int {
        let source = try relation(file)
        guard ["parquet", "csv"].contains(output.pathExtension) else {
            throw RunError.file(path: output.path, message: "expected a name that ends with .parquet or .csv")
        }
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw RunError.file(path: file.path, message: "does not exist")
        }
        let folder = output.deletingLastPathComponent()
        let scores = folder.appending(path: ".\(output.lastPathComponent).scores.csv")
        defer { try? FileManager.default.removeItem(at: scores) }
        let columns = try self.columns(of: source, in: folder)
        let count = try writeScores(
            source, columns, named: file.lastPathComponent, to: scores, progress: progress)
        let partial = folder.appending(path: ".partial-\(output.lastPathComponent)")
        let format =
            output.pathExtension == "parquet" ? "FORMAT parquet, COMPRESSION zstd" : "FORMAT csv, HEADER"
        let join = """
            COPY (
                SELECT f.*, s.ctr, s.cvr, s.ctcvr FROM \(source) AS f
                POSITIONAL JOIN read_csv(
                    \(DuckDBProgram.literal(scores.path)), header = true,
                    columns = {ctr: 'DOUBLE', cvr: 'DOUBLE', ctcvr: 'DOUBLE'}) AS s
            ) TO \(DuckDBProgram.literal(partial.path)) (\(format));
            """
        try program.run([SQLScript(name: output.lastPathComponent, statements: join)], in: folder)
        guard rename(partial.path, output.path) == 0 else {
            throw RunError.file(path: output.path, message: "cannot be put in place")
        }
        return count
    }

    private func writeScores(
        _ source: String, _ columns: Set<String>, named name: String, to scores: URL, progress: RunProgress
    ) throws -> Int {
        progress.begin("scores", total: 0)
        var count = 0
        try AtomicFile.write(to: scores) { write in
            try write(Data("ctr,cvr,ctcvr\n".utf8))
            var rows: [RankingRow] = []
            func flush() throws {
                let scored = try ranker.scores(rows)
                let lines = zip(scored.ctr, scored.ctcvr).map { ctr, ctcvr in
                    "\(ctr),\(ctr > 0 ? min(1, ctcvr / ctr) : 0),\(ctcvr)\n"
                }
                try write(Data(lines.joined().utf8))
                count += rows.count
                rows.removeAll(keepingCapacity: true)
                progress.update(count)
            }
            let query = SQLScript(name: name, statements: query(source, columns))
            try program.forEachBlock(of: query, in: scores.deletingLastPathComponent()) { next in
                try Impression.forEach(
                    of: name, context: data.context.map(\.name), userCount: data.users.count,
                    itemCount: data.items.count, next: next
                ) { row in
                    rows.append(RankingRow(row))
                    if rows.count == 65_536 { try flush() }
                }
            }
            if !rows.isEmpty { try flush() }
        }
        progress.end("\(count) impressions")
        return count
    }

    /// The rows with the run's own numbers of users and items, in the form of `Impression`.
    private func query(_ source: String, _ columns: Set<String>) -> String {
        let context = data.context.map { field in
            let name = "\"\(field.name.replacing("\"", with: "\"\""))\""
            let value =
                columns.contains(field.name)
                ? "coalesce(CAST(f.\(name) AS VARCHAR), '')" : DuckDBProgram.literal(field.usual)
            return "\(value) AS \(name), "
        }.joined()
        func place(_ name: String, _ table: String) -> String {
            """
            CASE WHEN \(table).place IS NULL
                THEN error(
                    'row ' || f.number || ' names the \(name) ''' || f.\(name)
                    || ''', whom the run does not know')
                ELSE \(table).place END
            """
        }
        func ids(_ file: URL) -> String {
            """
            (SELECT id, row_number() OVER () - 1 AS place FROM read_json(
                \(DuckDBProgram.literal(file.path)), format = 'newline_delimited', columns = {id: 'VARCHAR'}))
            """
        }
        return """
            SELECT
                \(place("user", "u")) AS "user", \(place("item", "i")) AS item, \(Self.time) AS time, 0 AS
                    basket,
                0 AS click, 0 AS conversion, 0 AS value,
                \(DuckDBProgram.literal(TimePeriod.test.rawValue)) AS period, \(context)f.number AS "row"
            FROM (SELECT *, row_number() OVER () AS number FROM \(source)) AS f
            LEFT JOIN \(ids(tables.userFile.url)) AS u ON u.id = CAST(f."user" AS VARCHAR)
            LEFT JOIN \(ids(tables.itemFile.url)) AS i ON i.id = CAST(f.item AS VARCHAR)
            ORDER BY f.number
            """
    }

    /// A time in seconds since 1970, from a number of these or from a timestamp.
    private static let time = """
        coalesce(CAST(floor(TRY_CAST(CAST(f.time AS VARCHAR) AS DOUBLE)) AS BIGINT),
                 CAST(floor(epoch(TRY_CAST(CAST(f.time AS VARCHAR) AS TIMESTAMPTZ))) AS BIGINT),
                 error('row ' || f.number || ' has time ''' || coalesce(CAST(f.time AS VARCHAR), '')
                       || '''; expected seconds since 1970, or a timestamp'))
        """

    /// What DuckDB reads a file with.
    private func relation(_ file: URL) throws -> String {
        let path = DuckDBProgram.literal(file.path)
        switch file.pathExtension {
        case "parquet": return "read_parquet(\(path))"
        case "csv": return "read_csv(\(path), header = true)"
        case "jsonl", "ndjson", "json": return "read_json(\(path))"
        default:
            throw RunError.file(
                path: file.path, message: "expected a name that ends with .parquet, .csv or .jsonl")
        }
    }

    /// Names of the file's columns.
    ///
    /// - Throws: `RunError.file` naming the first that is missing.
    private func columns(of source: String, in folder: URL) throws -> Set<String> {
        var text = Data()
        let query = SQLScript(
            name: "columns", statements: "SELECT column_name FROM (DESCRIBE SELECT * FROM \(source))")
        try program.forEachBlock(of: query, in: folder) { next in
            while let block = try next(), !block.isEmpty { text.append(block) }
        }
        let names = Set(
            String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init))
        for name in ["user", "item", "time"] where !names.contains(name) {
            throw RunError.file(
                path: source, message: "has no column '\(name)'; expected user, item and time")
        }
        return names
    }
}
