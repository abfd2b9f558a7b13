import Pipeline

/// Faults that the names of the columns show, before any row is read.
struct ColumnCheck {
    let mapped: MappedSource

    /// Mapped columns that are not there, and files of one relation whose columns differ.
    var faults: [SourceFault] { mapped.tables.flatMap { missing($0) + differing($0) } }

    private func missing(_ table: SourceTable) -> [SourceFault] {
        let known = Set(table.columns)
        return mappedColumns(table.relation).compactMap { setting, column in
            guard !column.isEmpty, !known.contains(column), !isInside(column, table) else { return nil }
            let nearest =
                NearestKey.find(column, in: table.columns) ?? NearestKey.find(setting, in: table.columns)
                ?? NearestKey.find(column, in: table.columns, always: true)
            return SourceFault(
                severity: .error, code: "missingColumn", file: table.files.first, row: nil, column: column,
                value: nil, rows: 0,
                reason: "there is no such column; the file has \(table.columns.joined(separator: ", "))",
                remedy: "set \(table.relation.setting).\(setting) to the column of that meaning"
                    + (nearest.map { "; the nearest name is '\($0)'" } ?? ""))
        }
    }

    /// Whether a name is a path into an object of a JSON file.
    private func isInside(_ column: String, _ table: SourceTable) -> Bool {
        (table.kind == .json || table.kind == .jsonl) && column.contains(".")
            && table.columns.contains(String(column.prefix { $0 != "." }))
    }

    private func differing(_ table: SourceTable) -> [SourceFault] {
        guard table.kind == .csv else { return [] }
        let expected = table.columns
        return table.firstLines.keys.sorted().compactMap { place in
            let fields = table.fields(ofFile: place)
            let isSame =
                table.format.header ? SourceHeader.names(fields) == expected : fields.count == expected.count
            guard !isSame else { return nil }
            let names = expected.joined(separator: ", ")
            return SourceFault(
                severity: .error, code: "otherColumns", file: table.files[place], row: 1, column: nil,
                value: table.firstLines[place], rows: 1,
                reason: table.format.header
                    ? "its columns are not those of \(table.files[0]): \(names)"
                    : "its first row has \(fields.count) fields; \(expected.count) columns are named: "
                        + "\(names)",
                remedy: table.format.header
                    ? "map files of one form at a time, or write them with the same columns in the same order"
                    : "set \(table.relation.setting).format.names to one name for every column, or "
                        + ".separator to "
                        + "what stands between them")
        }
    }

    private func mappedColumns(_ relation: SourceRelation) -> [(setting: String, column: String)] {
        let source = mapped.source
        switch relation {
        case .users:
            return [("id", source.users.id)] + named("attributes", source.users.attributes)
        case .items:
            let items = source.items
            return [("id", items.id), ("title", items.title), ("brand", items.brand), ("price", items.price)]
                + items.categories.map { ("categories", $0) } + named("attributes", items.attributes)
        case .events:
            let events = source.events
            return [
                ("user", events.user), ("item", events.item), ("time", events.time), ("kind", events.kind),
                ("quantity", events.quantity), ("value", events.value), ("basket", events.basket),
                ("place", events.place),
            ]
        case .impressions:
            let shown = source.impressions
            return [
                ("user", shown.user), ("item", shown.item), ("time", shown.time),
                ("click", shown.labelMark.isEmpty ? shown.click : ""), ("conversion", shown.conversion),
                ("request", shown.request), ("history", shown.history),
            ] + named("context", shown.context)
        }
    }

    private func named(_ setting: String, _ columns: [String: String]) -> [(String, String)] {
        columns.sorted { $0.key < $1.key }.map { ("\(setting).\($0.key)", $0.value) }
    }
}
