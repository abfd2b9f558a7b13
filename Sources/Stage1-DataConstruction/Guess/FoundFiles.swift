import DuckDB
import Foundation
import Pipeline

/// Files of one form that make a table: a file, or the parts of a folder.
struct FoundFiles {
    /// Paths from the common folder.
    let files: [String]
    /// How they seem to be written, and why.
    var format = FileFormat()
    var reasons: [String] = []
    /// Names of the columns.
    var columns: [String] = []
    /// The first rows, column by column; empty texts where nothing is.
    var rows: [[String]] = []

    /// Values of a column that are not empty.
    func values(_ column: String) -> [String] {
        guard let place = columns.firstIndex(of: column) else { return [] }
        return rows.compactMap { place < $0.count && !$0[place].isEmpty ? $0[place] : nil }
    }

    /// The column of the time: by its name, or else the first that holds dates alone.
    var time: String? {
        ColumnWords.find(ColumnWords.time, in: columns)
            ?? columns.first { column in
                let found = values(column)
                return !found.isEmpty && found.allSatisfy { $0.prefixMatch(of: #/\d{4}-\d{2}-\d{2}/#) != nil }
            }
    }

    /// Data files below folders. Parts of one folder that Spark or a database wrote, `part-…`, belong
    /// together;
    /// so do files whose names differ in digits alone.
    static func groups(in folders: [URL]) throws -> (folder: URL, groups: [[String]]) {
        let absolute = folders.map { URL(filePath: $0.path).standardizedFileURL }
        var shared = absolute[0].pathComponents
        for other in absolute.dropFirst() {
            shared = zip(shared, other.pathComponents).prefix { $0 == $1 }.map(\.0)
        }
        let common = URL(filePath: NSString.path(withComponents: shared))
        let files = try absolute.flatMap {
            try SourceFileList.expand([$0.path], in: "", setting: "the folder")
        }.filter { Self.isData($0) }
        var groups: [String: [String]] = [:]
        for file in files {
            let own = String(file.dropFirst(common.path == "/" ? 1 : common.path.count + 1))
            let parts = own.split(separator: "/")
            let name = parts.last.map(String.init) ?? own
            let key =
                parts.dropLast().joined(separator: "/") + "/"
                + (name.hasPrefix("part-") ? "part-" : name.replacing(#/[0-9]+/#, with: "#"))
            groups[key, default: []].append(own)
        }
        // Parts are named by their folder, so that more of them may come.
        let named = groups.map { key, files in
            key.hasSuffix("/part-") && key != "/part-" ? [String(key.dropLast(6))] : files.sorted()
        }
        return (common, named.sorted { $0[0] < $1[0] })
    }

    private static func isData(_ file: String) -> Bool {
        let other = ["yaml", "yml", "md", "sql", "py", "html", "pdf", "ipynb", "zip", "tar", "log", "png"]
        return !other.contains(URL(filePath: file).pathExtension.lowercased())
            && URL(filePath: file).lastPathComponent.lowercased() != "readme"
    }

    /// Looks at the first rows of some files.
    ///
    /// - Throws: `DuckDBError` for files that no reader opens.
    init(_ files: [String], in folder: URL, by duckDB: DuckDBProgram, scratch: URL) throws {
        self.files = files
        let paths = try SourceFileList.expand([files[0]], in: folder.path, setting: "the folder")
        let first = URL(filePath: paths[0])
        let kind = try SourceTable(.items, [first.path], format, folder: "").kind
        format.kind = kind
        guard kind == .csv else {
            var table = try SourceTable(.items, [first.path], format, folder: "")
            table.learn(try Self.read(table.peek, as: SourceTable.Peeked.self, duckDB, scratch))
            columns = table.columns
            rows = try Self.rows(of: table, duckDB, scratch)
            return
        }
        format.encoding = try Self.encoding(of: first, duckDB, scratch)
        if format.encoding != .utf8 { reasons.append("encoding: its bytes are not UTF-8") }
        let lines = try Self.lines(of: first.path, format.encoding, duckDB, scratch)
        format.separator = Self.separator(of: lines)
        if format.separator == "::" || Self.hasBareMarks(lines, format.separator) {
            format.quote = ""
            reasons.append("quote: marks do not surround whole fields")
        }
        let fields = lines.prefix(2).map {
            SourceHeader.fields(of: $0, separator: format.separator, quote: format.quote)
        }
        format.header = Self.isHeader(fields)
        if !format.header {
            format.names = fields.first.map { $0.indices.map { "column\($0 + 1)" } } ?? []
            reasons.append("header: the first row holds numbers, as the second does")
        }
        var table = try SourceTable(.items, [first.path], format, folder: "")
        table.learn([SourceTable.Peeked(place: 0, line: lines.first)])
        columns = table.columns
        rows = try Self.rows(of: table, duckDB, scratch)
    }

    private static func read<Row: Decodable>(
        _ query: String, as type: Row.Type, _ duckDB: DuckDBProgram, _ scratch: URL
    ) throws -> [Row] {
        let file = scratch.appending(path: "rows.jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        try duckDB.run(
            [SQLScript(name: "first rows", statements: "COPY (\(query)) TO 'rows.jsonl' (FORMAT json);")],
            in: scratch)
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(type, from: Data($0.utf8))
        }
    }

    private struct TextRow: Decodable { let fields: [String?] }

    private static func rows(
        of table: SourceTable, _ duckDB: DuckDBProgram, _ scratch: URL
    ) throws -> [[String]] {
        guard !table.columns.isEmpty else { return [] }
        let texts = table.columns.map(table.text).joined(separator: ", ")
        let query = "SELECT [\(texts)] AS fields FROM \(table.scan) LIMIT 5000"
        return try read(query, as: TextRow.self, duckDB, scratch).map { $0.fields.map { $0 ?? "" } }
    }

    private struct TextLine: Decodable { let line: String? }

    private static func lines(
        of file: String, _ encoding: FileFormat.Encoding, _ duckDB: DuckDBProgram, _ scratch: URL
    ) throws -> [String] {
        let query = """
            SELECT line FROM read_csv(\(DuckDBProgram.literal(file)), columns = {'line': 'VARCHAR'},
                header = false, auto_detect = false, delim = e'\\x01', quote = '', escape = '',
                ignore_errors = true, strict_mode = false, encoding = '\(encoding.rawValue)') LIMIT 50
            """
        return try read(query, as: TextLine.self, duckDB, scratch).map { $0.line ?? "" }
    }

    private static func encoding(
        of file: URL, _ duckDB: DuckDBProgram, _ scratch: URL
    ) throws -> FileFormat.Encoding {
        let handle = try FileHandle(forReadingFrom: file)
        let head = try handle.read(upToCount: 2) ?? Data()
        if head.elementsEqual([0xFF, 0xFE]) { return .utf16 }
        let query = """
            SELECT '' AS line FROM read_csv(\(DuckDBProgram.literal(file.path)),
                columns = {'line': 'VARCHAR'}, header = false, auto_detect = false, delim = e'\\x01',
                quote = '', escape = '', strict_mode = false) WHERE length(line) < 0 LIMIT 1
            """
        do { _ = try read(query, as: TextLine.self, duckDB, scratch) } catch let error as DuckDBError {
            guard "\(error)".contains("nicode") else { throw error }
            return .latin1
        }
        return .utf8
    }

    /// What divides most lines into the same number of fields, and into the most.
    private static func separator(of lines: [String]) -> String {
        let scored = ["::", "\t", "|", ";", ","].map { separator in
            let counts = lines.map {
                SourceHeader.fields(of: $0, separator: separator, quote: separator == "::" ? "" : "\"").count
            }
            let usual = Dictionary(grouping: counts, by: \.self).max {
                ($0.value.count, $0.key) < ($1.value.count, $1.key)
            }
            let share = Double(usual?.value.count ?? 0) / Double(max(1, lines.count))
            return (
                separator: separator,
                score: (usual?.key ?? 1) > 1 ? share + Double(usual?.key ?? 1) / 1000 : 0
            )
        }
        return scored.max { $0.score < $1.score }.flatMap { $0.score > 0 ? $0.separator : nil } ?? ","
    }

    /// Whether a quotation mark closes before its field ends, as in `"Pro" case`.
    private static func hasBareMarks(_ lines: [String], _ separator: String) -> Bool {
        lines.contains { line in
            line.components(separatedBy: separator).contains { field in
                let inner = field.replacing("\"\"", with: "")
                guard inner.first == "\"", let end = inner.dropFirst().firstIndex(of: "\"") else {
                    return false
                }
                return inner.index(after: end) != inner.endIndex
            }
        }
    }

    /// Whether the first row names columns: no number in it, or numbers below that it has words for.
    private static func isHeader(_ fields: [[String]]) -> Bool {
        guard let first = fields.first else { return true }
        let isNumber = { (text: String) in Double(text) != nil }
        let named = first.filter { !$0.isEmpty }
        return !named.contains(where: isNumber) && Set(named).count == named.count
    }
}
