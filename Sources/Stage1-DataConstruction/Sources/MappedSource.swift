import DuckDB
import Foundation
import Pipeline

/// A source whose files are mapped to relations by the configuration: the statements that read them.
///
/// Every `read_…` table has a row per row of the files: `kept`, its place among the rows that could be split
/// into fields, counted from 1 over all files of the relation; `file`; the values; and, as `bad_…`, the text
/// of a value that could not be read.
struct MappedSource {
    let source: SourceConfiguration
    let users: SourceTable?
    let items: SourceTable?
    let events: SourceTable?
    let impressions: SourceTable?

    var tables: [SourceTable] { [users, items, events, impressions].compactMap(\.self) }

    /// Finds the files and reads the names of their columns.
    ///
    /// - Throws: `DataConstructionError.missingFiles`, or `DuckDBError` for a file that cannot be read at
    /// all.
    init(_ source: SourceConfiguration, by duckDB: DuckDBProgram, in folder: URL) throws {
        self.source = source
        func table(_ relation: SourceRelation, _ files: [String], _ format: FileFormat) throws -> SourceTable?
        {
            guard !files.isEmpty else { return nil }
            var table = try SourceTable(relation, files, format, folder: source.resolvedFolder().path)
            table.learn(try Self.peek(table, by: duckDB, in: folder))
            return table
        }
        users = try table(.users, source.users.files, source.users.format)
        items = try table(.items, source.items.files, source.items.format)
        events = try table(.events, source.events.files, source.events.format)
        impressions = try table(.impressions, source.impressions.files, source.impressions.format)
    }

    private static func peek(
        _ table: SourceTable, by duckDB: DuckDBProgram, in folder: URL
    ) throws -> [SourceTable.Peeked] {
        let name = ".peek-\(table.relation.rawValue).jsonl"
        let file = JSONLinesFile<SourceTable.Peeked>(folder, name)
        defer { try? FileManager.default.removeItem(at: file.url) }
        try duckDB.run(
            [
                SQLScript(
                    name: "columns of \(table.relation.rawValue)",
                    statements: "COPY (\(table.peek)) TO '\(name)' (FORMAT json);")
            ], in: folder)
        return try file.read()
    }

    /// The statements that make the `source_…` relations and fill the table `faults`.
    func scripts() throws -> [SQLScript] {
        let settings = """
            SET VARIABLE items_keep_last = \(source.items.duplicates == .last);
            SET VARIABLE users_keep_last = \(source.users.duplicates == .last);
            SET VARIABLE has_users = \(users != nil);
            SET VARIABLE conversion_hours = \(source.impressions.conversionHours);
            """
        return [
            SQLScript(name: "source settings", statements: settings), try SQLScript.bundled("read"),
            script(), try SQLScript.bundled("sources"), faultScript(),
        ]
    }

    /// The statements that make the `read_…` tables.
    private func script() -> SQLScript {
        let zone = "SET TimeZone = \(DuckDBProgram.literal(source.timeZone));"
        let parts = [zone, readUsers, readItems, readImpressions, readEvents, "SET TimeZone = 'UTC';"]
        return SQLScript(name: "source", statements: parts.joined(separator: "\n"))
    }

    /// The beginning of every `read_…` table: its rows with their place.
    func rows(_ table: SourceTable, _ fields: [(name: String, value: String)]) -> String {
        let values = fields.map { "\($0.value) AS \(SourceTable.identifier($0.name))" }
        let all = ["row_number() OVER () AS kept", "filename AS file"] + values
        return "SELECT \(all.joined(separator: ", ")) FROM \(table.scan)"
    }

    // MARK: Users

    /// What columns of attributes begin with, so that they can have any name.
    static let attributePrefix = "attribute:"

    /// Attributes of users: name and column.
    var attributes: [(name: String, column: String)] {
        guard let users else { return [] }
        let mapped = source.users.attributes
        guard mapped.isEmpty else { return mapped.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
        return users.columns.filter { $0 != source.users.id && !SourceHeader.isPlace($0) }.map { ($0, $0) }
    }

    private var readUsers: String {
        guard let users else {
            return "CREATE TABLE read_users (kept BIGINT, file VARCHAR, id VARCHAR);"
        }
        let fields =
            [("id", "filled(\(users.text(source.users.id)))")]
            + attributes.map { (Self.attributePrefix + $0.name, "filled(\(users.text($0.column)))") }
        return "CREATE TABLE read_users AS \(rows(users, fields));"
    }

    // MARK: Items

    private var readItems: String {
        guard let items else {
            return """
                CREATE TABLE read_items (kept BIGINT, file VARCHAR, id VARCHAR, title VARCHAR,
                    categories VARCHAR[], brand VARCHAR, price DOUBLE, bad_price VARCHAR,
                    attributes MAP(VARCHAR, VARCHAR));
                """
        }
        let mapping = source.items
        let fields: [(String, String)] = [
            ("id", "filled(\(items.text(mapping.id)))"),
            ("title", title(items, mapping)),
            ("categories", categories(items, mapping)),
            ("brand", "coalesce(filled(\(items.text(mapping.brand))), '')"),
            ("price", "as_number(\(items.text(mapping.price)))"),
            ("bad_price", "bad_amount(\(items.text(mapping.price)))"),
            ("attributes", itemAttributes(items)),
        ]
        return "CREATE TABLE read_items AS \(rows(items, fields));"
    }

    /// Attributes of items by name, without empty ones.
    private func itemAttributes(_ items: SourceTable) -> String {
        let pairs = source.items.attributes.sorted { $0.key < $1.key }
        guard !pairs.isEmpty else { return "CAST(MAP {} AS MAP(VARCHAR, VARCHAR))" }
        let entries = pairs.map {
            "{'key': \(DuckDBProgram.literal($0.key)), 'value': filled(\(items.text($0.value)))}"
        }
        return "map_from_entries(list_filter([\(entries.joined(separator: ", "))], "
            + "lambda entry: entry.value IS NOT NULL))"
    }

    /// The title, or the id where no column has one.
    private func title(_ items: SourceTable, _ mapping: ItemMapping) -> String {
        "coalesce(trim(\(items.text(mapping.title.isEmpty ? mapping.id : mapping.title))), '')"
    }

    private func categories(_ items: SourceTable, _ mapping: ItemMapping) -> String {
        let levels: String
        switch mapping.categoryForm {
        case .levels: levels = "[\(mapping.categories.map(items.text).joined(separator: ", "))]"
        case .list:
            let column = mapping.categories[0]
            levels =
                mapping.categorySeparator.isEmpty
                ? items.list(column)
                : "string_split(\(items.text(column)), \(DuckDBProgram.literal(mapping.categorySeparator)))"
        case .flags:
            let flags = mapping.categories.map {
                "CASE WHEN as_flag(\(items.text($0))) THEN \(DuckDBProgram.literal($0)) END"
            }
            levels = "[\(flags.joined(separator: ", "))]"
        }
        guard !mapping.categories.isEmpty else { return "CAST([] AS VARCHAR[])" }
        let blank = DuckDBProgram.literal(mapping.categoryBlank)
        let word = mapping.categoryBlank.isEmpty ? "trim(level)" : "trim(replace(level, \(blank), ' '))"
        return "list_transform(list_filter(coalesce(\(levels), []), lambda level: NOT is_blank(level)), "
            + "lambda level: \(word))"
    }
}
