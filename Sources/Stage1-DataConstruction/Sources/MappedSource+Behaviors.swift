import DuckDB
import Pipeline

/// What users were shown and what they did.
extension MappedSource {
    // MARK: Impressions

    var readImpressions: String {
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

    var readEvents: String {
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
