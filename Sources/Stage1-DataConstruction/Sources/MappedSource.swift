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
    private func rows(_ table: SourceTable, _ fields: [(name: String, value: String)]) -> String {
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

    // MARK: Impressions

    private var readImpressions: String {
        guard let impressions else {
            return """
                CREATE TABLE read_impressions (kept BIGINT, file VARCHAR, user_id VARCHAR, item_id VARCHAR,
                    time TIMESTAMP, bad_time VARCHAR, click BOOLEAN, bad_click VARCHAR, conversion BOOLEAN,
                    bad_conversion VARCHAR, request VARCHAR, history VARCHAR);
                """
        }
        let mapping = source.impressions
        let time = TimeText(mapping.unit, mapping.pattern, zone: source.timeZone)
        let context = mapping.context.sorted { $0.key < $1.key }
            .map { ($0.key, "coalesce(filled(\(impressions.text($0.value))), '')") }
        let fields: [(String, String)] = [
            ("user_id", "filled(\(impressions.text(mapping.user)))"),
            ("item_id", impressions.text(mapping.item)),
            ("time_text", impressions.text(mapping.time)),
            ("click_text", mapping.labelMark.isEmpty ? impressions.text(mapping.click) : "NULL"),
            ("conversion_text", impressions.text(mapping.conversion)),
            ("request", "filled(\(impressions.text(mapping.request)))"),
            ("history", impressions.text(mapping.history)),
        ]
        let isLogged = !mapping.conversion.isEmpty
        let converts = isLogged ? "as_flag(conversion_text)" : "false"
        let click =
            mapping.unclicked == .click
            ? "as_flag(click_text) OR coalesce(\(converts), false)" : "as_flag(click_text)"
        let conversion = mapping.unclicked == .ignore ? "\(converts) AND as_flag(click_text)" : converts
        let badConversion =
            isLogged
            ? "CASE WHEN as_flag(conversion_text) IS NULL THEN coalesce(conversion_text, '') END"
            : "CAST(NULL AS VARCHAR)"
        return """
            CREATE TABLE read_impressions AS
            SELECT kept, file, user_id, filled(item_id) AS item_id, \(time.value("time_text")) AS time,
                   \(time.bad("time_text")) AS bad_time, \(click) AS click,
                   CASE WHEN as_flag(click_text) IS NULL THEN coalesce(click_text, '') END AS bad_click,
                   \(conversion) AS conversion, \(badConversion) AS bad_conversion,
                   coalesce(request, time_text) AS request, history
                   \(context.map { ", \(SourceTable.identifier($0.0))" }.joined())
            FROM (\(shown(rows(impressions, fields + context))));
            """
    }

    /// One row for every item of a list.
    private func shown(_ rows: String) -> String {
        let mapping = source.impressions
        guard !mapping.itemSeparator.isEmpty else { return rows }
        let separator = DuckDBProgram.literal(mapping.itemSeparator)
        let entries = """
            SELECT * EXCLUDE (item_id), unnest(list_filter(string_split(item_id, \(separator)),
                   lambda entry: entry <> '')) AS item_id FROM (\(rows))
            """
        guard !mapping.labelMark.isEmpty else { return entries }
        let mark = DuckDBProgram.literal(mapping.labelMark)
        return """
            SELECT * EXCLUDE (item_id, click_text),
                   array_to_string(string_split(item_id, \(mark))[:-2], \(mark)) AS item_id,
                   CASE WHEN contains(item_id, \(mark)) THEN string_split(item_id, \(mark))[-1] END AS
                       click_text
            FROM (\(entries))
            """
    }

    // MARK: Events

    private var readEvents: String {
        guard let events else { return eventsOfImpressions }
        let mapping = source.events
        let time = TimeText(mapping.unit, mapping.pattern, zone: source.timeZone)
        let fields: [(String, String)] = [
            ("user_id", "filled(\(events.text(mapping.user)))"),
            ("item_id", "filled(\(events.text(mapping.item)))"),
            ("time_text", events.text(mapping.time)), ("kind_text", events.text(mapping.kind)),
            ("quantity_text", events.text(mapping.quantity)), ("value_text", events.text(mapping.value)),
            ("basket", "filled(\(events.text(mapping.basket)))"),
            ("place", "coalesce(filled(\(events.text(mapping.place))), '')"),
        ]
        return """
            CREATE TABLE read_events AS
            SELECT kept, file, user_id, item_id, \(time.value("time_text")) AS time,
                   \(time.bad("time_text")) AS bad_time, \(kind) AS kind,
                   CASE WHEN \(kind) IS NULL THEN coalesce(kind_text, '') END AS bad_kind,
                   \(mapping.quantity.isEmpty ? "1.0" : "as_number(quantity_text)") AS quantity,
                   bad_amount(quantity_text) AS bad_quantity, as_number(value_text) AS value,
                   bad_amount(value_text) AS bad_value, basket, place
            FROM (\(rows(events, fields)));
            """
    }

    private var kind: String {
        let mapping = source.events
        guard !mapping.kind.isEmpty else { return "'\(mapping.defaultKind.rawValue)'" }
        let cases = mapping.kinds.sorted { $0.key < $1.key }.map { text, kind in
            let number = Double(text).map { " OR TRY_CAST(kind_text AS DOUBLE) = \($0)" } ?? ""
            return "WHEN trim(kind_text) = \(DuckDBProgram.literal(text))\(number) THEN '\(kind)'"
        }
        return "CASE \(cases.joined(separator: " ")) END"
    }

    /// Clicks and conversions of impressions, and before them what a user had clicked earlier.
    private var eventsOfImpressions: String {
        let columns = """
            NULL::VARCHAR AS bad_time, kind, NULL::VARCHAR AS bad_kind, 1.0 AS quantity,
            NULL::VARCHAR AS bad_quantity, NULL::DOUBLE AS value, NULL::VARCHAR AS bad_value, basket, '' AS
                place
            """
        var parts = [
            ("click", "click"), ("purchase", "conversion"),
        ].map { kind, column in
            "SELECT kept, file, user_id, item_id, time, '\(kind)' AS kind, request AS basket "
                + "FROM read_impressions WHERE \(column)"
        }
        if !source.impressions.history.isEmpty {
            let separator = DuckDBProgram.literal(source.impressions.itemSeparator)
            parts.append(
                """
                SELECT kept, file, user_id, items[place] AS item_id,
                       time - to_seconds(len(items) - place + 1) AS time, 'click' AS kind, NULL AS basket
                FROM (SELECT *, unnest(range(1, len(items) + 1)) AS place FROM (
                    SELECT user_id, min(kept) AS kept, arg_min(file, kept) AS file, min(time) AS time,
                           list_filter(string_split(arg_min(coalesce(history, ''), (time, kept)),
                               \(separator)),
                                       lambda entry: entry <> '') AS items
                    FROM read_impressions WHERE time IS NOT NULL GROUP BY user_id))
                """)
        }
        return """
            CREATE TABLE read_events AS
            SELECT kept, file, user_id, item_id, time, \(columns)
            FROM (\(parts.joined(separator: "\nUNION ALL\n")));
            """
    }
}
