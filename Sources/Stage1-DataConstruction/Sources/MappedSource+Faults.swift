import DuckDB
import Pipeline

extension MappedSource {
    /// The statements that look for rows with faults, after those of `script`.
    func faultScript() -> SQLScript {
        let queries = itemQueries + userQueries + eventQueries + impressionQueries
        let parts =
            tables.filter(\.hasRejects).map(FaultQuery.rejects) + queries.map(\.statement) + [notes]
            + tables.map(FaultQuery.places)
        return SQLScript(name: "faults", statements: parts.joined(separator: "\n"))
    }

    private var itemQueries: [FaultQuery] {
        guard items != nil else { return [] }
        let mapping = source.items
        let differing = """
            SELECT id FROM read_items WHERE id IS NOT NULL GROUP BY id
            HAVING min({'t': title, 'c': categories, 'b': brand, 'p': price})
                   <> max({'t': title, 'c': categories, 'b': brand, 'p': price})
            """
        return [
            FaultQuery(.missingId, .items, column: mapping.id, value: "''", where: "id IS NULL"),
            FaultQuery(
                .duplicateId, .items, column: mapping.id, value: "id", where: "id IN (\(differing))"),
            FaultQuery(
                .unreadableNumber, .items, column: mapping.price, value: "bad_price",
                where: "bad_price IS NOT NULL AND price IS NULL"),
            FaultQuery(
                .negativeNumber, .items, column: mapping.price, value: "bad_price", where: "price < 0"),
        ]
    }

    private var userQueries: [FaultQuery] {
        guard users != nil else { return [] }
        let fields = attributes.map { SourceTable.identifier(Self.attributePrefix + $0.name) }.joined(
            separator: ", ")
        let differing =
            "SELECT id FROM read_users WHERE id IS NOT NULL GROUP BY id "
            + "HAVING min(row(\(fields))) <> max(row(\(fields)))"
        return [
            FaultQuery(.missingId, .users, column: source.users.id, value: "''", where: "id IS NULL")
        ]
            + (fields.isEmpty
                ? []
                : [
                    FaultQuery(
                        .duplicateId, .users, column: source.users.id, value: "id",
                        where: "id IN (\(differing))")
                ])
    }

    private var eventQueries: [FaultQuery] {
        guard events != nil else { return [] }
        let mapping = source.events
        return whoAndWhen(.events, mapping.user, mapping.item, mapping.time) + [
            FaultQuery(
                .farTime, .events, column: mapping.time, value: "time",
                where: "time NOT BETWEEN getvariable('first_time') AND getvariable('last_time')"),
            FaultQuery(
                .unknownKind, .events, column: mapping.kind,
                rows: """
                    SELECT min(kept) AS kept, arg_min(file, kept) AS file,
                           bad_kind || chr(0) || count(*) AS value
                    FROM read_events WHERE bad_kind IS NOT NULL GROUP BY bad_kind
                    """),
            FaultQuery(
                .unreadableNumber, .events, column: mapping.quantity, value: "bad_quantity",
                where: "bad_quantity IS NOT NULL AND quantity IS NULL"),
            FaultQuery(
                .unreadableNumber, .events, column: mapping.value, value: "bad_value",
                where: "bad_value IS NOT NULL AND value IS NULL"),
            FaultQuery(
                .negativeNumber, .events, column: mapping.quantity, value: "bad_quantity",
                where: "quantity < 0"),
            FaultQuery(
                .negativeNumber, .events, column: mapping.value, value: "bad_value", where: "value < 0"),
        ]
    }

    private var impressionQueries: [FaultQuery] {
        guard impressions != nil else { return [] }
        let mapping = source.impressions
        let click = mapping.labelMark.isEmpty ? mapping.click : mapping.item
        return whoAndWhen(.impressions, mapping.user, mapping.item, mapping.time) + [
            FaultQuery(
                .label, .impressions, column: click, value: "bad_click", where: "bad_click IS NOT NULL"),
            FaultQuery(
                .label, .impressions, column: mapping.conversion, value: "bad_conversion",
                where: "bad_conversion IS NOT NULL"),
            FaultQuery(
                .unclicked, .impressions, column: mapping.conversion, value: "1",
                where: "conversion AND NOT click"),
        ]
    }

    /// Faults of ids and times, which events and impressions share.
    private func whoAndWhen(
        _ relation: SourceRelation, _ user: String, _ item: String, _ time: String
    ) -> [FaultQuery] {
        let isNumber = "as_number(bad_time) BETWEEN 0 AND 1e17"
        var queries = [
            FaultQuery(.missingId, relation, column: user, value: "''", where: "user_id IS NULL"),
            FaultQuery(.missingId, relation, column: item, value: "''", where: "item_id IS NULL"),
            FaultQuery(
                .unreadableTime, relation, column: time, value: "bad_time",
                where: "bad_time IS NOT NULL AND NOT coalesce(\(isNumber), false)"),
            FaultQuery(
                .wrongUnit, relation, column: time, value: "bad_time",
                where: "bad_time IS NOT NULL AND \(isNumber)"),
            FaultQuery(
                .unknownItem, relation, column: item, value: "item_id",
                where: "item_id NOT IN (SELECT id FROM source_items)"),
        ]
        if users != nil {
            queries.append(
                FaultQuery(
                    .unknownUser, relation, column: user, value: "user_id",
                    where: "user_id NOT IN (SELECT id FROM source_users)"))
        }
        return queries
    }

    /// Which kinds there are beside unknown ones, and why ids match in no row: how many would match without
    /// the zeros that they begin with.
    private var notes: String {
        """
        UPDATE faults SET note = (
            SELECT string_agg(kind || ' (' || rows || ')', ', ' ORDER BY kind)
            FROM (SELECT kind, count(*) AS rows FROM read_events WHERE kind IS NOT NULL GROUP BY kind))
        WHERE code = 'unknownKind';

        """
            + [("unknownItem", "item_id", "source_items"), ("unknownUser", "user_id", "source_users")]
            .flatMap { code, column, table in
                ["events", "impressions"].map { relation in
                    """
                    UPDATE faults SET note = (
                        SELECT CAST(count(*) AS VARCHAR) FROM read_\(relation)
                        WHERE \(column) NOT IN (SELECT id FROM \(table))
                              AND ltrim(\(column), '0') IN (SELECT ltrim(id, '0') FROM \(table)))
                    WHERE code = '\(code)' AND relation = '\(relation)';
                    """
                }
            }.joined(separator: "\n")
    }
}
