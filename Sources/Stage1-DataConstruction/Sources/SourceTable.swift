import DuckDB
import Foundation
import Pipeline

/// The files of one relation and how DuckDB reads them: every column as the text that the file has.
struct SourceTable {
    let relation: SourceRelation
    let files: [String]
    let kind: FileFormat.Kind
    let format: FileFormat
    /// Columns by place, as the files name them; for JSON, the keys of the first objects.
    private(set) var columns: [String] = []
    /// The first line of every file, by its place among `files`.
    private(set) var firstLines: [Int: String] = [:]

    /// - Throws: `DataConstructionError.missingFiles`.
    init(_ relation: SourceRelation, _ patterns: [String], _ format: FileFormat, folder: String) throws {
        self.relation = relation
        self.format = format
        files = try SourceFileList.expand(patterns, in: folder, setting: "\(relation.setting).files")
        kind = format.kind == .auto ? Self.kind(of: files[0]) : format.kind
    }

    /// What a file shows before it is read: a line of text, or one column.
    struct Peeked: Codable, Sendable {
        var place: Int
        var line: String?
    }

    /// Takes the names of the columns from what the files show.
    mutating func learn(_ peeked: [Peeked]) {
        let lines = peeked.map { ($0.place, $0.line ?? "") }
        guard kind == .csv else {
            columns = lines.map(\.1)
            return
        }
        firstLines = Dictionary(lines, uniquingKeysWith: { first, _ in first })
        columns =
            format.header ? SourceHeader.names(fields(ofFile: firstLines.keys.min() ?? 0)) : format.names
    }

    /// The fields of a file's first line.
    func fields(ofFile place: Int) -> [String] {
        SourceHeader.fields(of: firstLines[place] ?? "", separator: separator, quote: format.quote)
    }

    private static func kind(of file: String) -> FileFormat.Kind {
        switch parts(of: file).last {
        case "json": beginsWithBracket(file) ? .json : .jsonl
        case "jsonl", "ndjson": .jsonl
        case "parquet", "pq": .parquet
        default: .csv
        }
    }

    /// Whether a file is one JSON array and not an object per line.
    private static func beginsWithBracket(_ file: String) -> Bool {
        guard let handle = FileHandle(forReadingAtPath: file) else { return false }
        let head = (try? handle.read(upToCount: 64)) ?? Data()
        return head.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "[")
    }

    /// The extensions of a file name without that of its compression.
    private static func parts(of file: String) -> [String] {
        let name = file.split(separator: "/").last ?? ""
        let parts = name.split(separator: ".").dropFirst().map { $0.lowercased() }
        return parts.filter { !["gz", "gzip", "zst", "zstd", "bz2"].contains($0) }
    }

    /// What separates fields of delimited text.
    var separator: String {
        guard format.separator.isEmpty else { return format.separator }
        return Self.parts(of: files[0]).last == "tsv" ? "\t" : ","
    }

    /// Rows before the first row of data, in each file.
    var headerRows: Int { kind == .csv && format.header ? 1 : 0 }

    /// What a row is called after FROM; it has `filename` beside the columns.
    var scan: String {
        let list = "[\(files.map(DuckDBProgram.literal).joined(separator: ", "))]"
        switch kind {
        case .parquet: return "read_parquet(\(list), filename = true)"
        case .json: return "read_json_objects(\(list), format = 'array', filename = true)"
        case .jsonl:
            return "read_json_objects(\(list), format = 'newline_delimited', ignore_errors = true, "
                + "filename = true)"
        case .auto, .csv:
            let types = columns.map { "\(DuckDBProgram.literal($0)): 'VARCHAR'" }.joined(separator: ", ")
            return """
                read_csv(\(list), columns = {\(types)}, header = \(format.header), \(dialect), \
                store_rejects = true, rejects_limit = 0, rejects_table = 'rejects_\(relation.rawValue)', \
                rejects_scan = 'scans_\(relation.rawValue)', filename = true)
                """
        }
    }

    private var dialect: String {
        let quote = DuckDBProgram.literal(format.quote)
        return """
            auto_detect = false, delim = \(DuckDBProgram.literal(separator)), quote = \(quote), \
            escape = \(quote), encoding = '\(format.encoding.rawValue)', strict_mode = true
            """
    }

    /// Whether DuckDB keeps rows that it cannot read in `rejects_…`.
    var hasRejects: Bool { kind == .csv }

    /// A column's value as text, and NULL where it is empty.
    func text(_ column: String) -> String {
        guard !column.isEmpty else { return "CAST(NULL AS VARCHAR)" }
        switch kind {
        case .parquet: return "CAST(\(Self.identifier(column)) AS VARCHAR)"
        case .json, .jsonl: return "json_extract_string(json, \(DuckDBProgram.literal(path(column))))"
        case .auto, .csv: return Self.identifier(column)
        }
    }

    /// A column that holds a list, as a list of texts.
    func list(_ column: String) -> String {
        switch kind {
        case .parquet: "TRY_CAST(\(Self.identifier(column)) AS VARCHAR[])"
        case .json, .jsonl:
            "TRY_CAST(json_extract(json, \(DuckDBProgram.literal(path(column)))) AS VARCHAR[])"
        case .auto, .csv: "TRY_CAST(\(Self.identifier(column)) AS VARCHAR[])"
        }
    }

    /// A key, or keys of objects inside one another with dots between them.
    private func path(_ column: String) -> String {
        let keys = columns.contains(column) ? [column] : column.split(separator: ".").map(String.init)
        return "$" + keys.map { ".\"\($0)\"" }.joined()
    }

    static func identifier(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }

    /// The first line of every file, or what names the columns.
    var peek: String {
        switch kind {
        case .parquet:
            "SELECT 0 AS place, column_name AS line FROM (DESCRIBE SELECT * FROM read_parquet(["
                + files.map(DuckDBProgram.literal).joined(separator: ", ") + "]))"
        case .json, .jsonl:
            "SELECT DISTINCT 0 AS place, unnest(json_keys(json)) AS line FROM (SELECT json FROM \(scan) "
                + "LIMIT 10000) WHERE json_type(json) = 'OBJECT' ORDER BY line"
        case .auto, .csv:
            files.enumerated().map { place, file in
                """
                SELECT * FROM (SELECT \(place) AS place, line FROM read_csv(\(DuckDBProgram.literal(file)), \
                columns = {'line': 'VARCHAR'}, header = false, auto_detect = false, delim = e'\\x01', \
                quote = '', escape = '', ignore_errors = true, strict_mode = false, \
                encoding = '\(format.encoding.rawValue)') LIMIT 1)
                """
            }.joined(separator: " UNION ALL ")
        }
    }
}
