import Pipeline

/// A row of the `faults` table.
struct FoundFault: Decodable, Sendable {
    let code: String
    let relation: String
    let field: String
    let file: String?
    let line: Int?
    let value: String?
    let rows: Int
    let total: Int
    let note: String?
}

/// Says what a fault is, how bad it is and what mends it.
struct FaultSentence {
    let source: SourceConfiguration

    /// The fault of a row of the `faults` table; nil for a code that no query has.
    func fault(_ found: FoundFault) -> SourceFault? {
        guard let code = FaultCode(rawValue: found.code),
            let relation = SourceRelation(rawValue: found.relation)
        else { return nil }
        let (reason, remedy) = words(code, found, relation)
        let others = found.rows > 1 ? " (\(found.rows) of \(found.total) rows)" : ""
        return SourceFault(
            severity: severity(code, found), code: found.code, file: found.file, row: found.line,
            column: found.field.isEmpty ? nil : found.field, value: shown(found.value, code),
            rows: found.rows,
            reason: reason + (code == .unknownKind ? "" : others), remedy: remedy)
    }

    private func shown(_ value: String?, _ code: FaultCode) -> String? {
        code == .unknownKind ? value?.split(separator: "\0").first.map(String.init) ?? "" : value
    }

    private func severity(_ code: FaultCode, _ found: FoundFault) -> SourceFault.Severity {
        switch code {
        case .encoding, .unclosedQuote, .wrongUnit, .unknownKind, .label, .unclicked: return .error
        case .duplicateId:
            let rule = found.relation == "users" ? source.users.duplicates : source.items.duplicates
            return rule == .refuse ? .error : .warning
        case .unreadableNumber,
            .negativeNumber where found.relation == "items":
            return .warning
        default: return Double(found.rows) > source.tolerance * Double(found.total) ? .error : .warning
        }
    }

    private func words(
        _ code: FaultCode, _ found: FoundFault, _ relation: SourceRelation
    ) -> (reason: String, remedy: String) {
        let section = relation.setting
        let raise = "raise construct.source.tolerance (\(source.tolerance)) to go on without such rows"
        switch code {
        case .raggedRow:
            return (
                "the row cannot be split into the file's columns (\(found.note ?? "")), and is left out",
                "mend the row, or set \(section).format to how the file is written"
            )
        case .encoding:
            return (
                "byte \(found.note ?? "?") of the file is not \(encoding(relation))",
                "set `encoding: latin-1` in \(section).format, or the encoding that the file has"
            )
        case .unclosedQuote:
            return (
                "a quotation mark has no pair, so that the rows after it are lost",
                "mend the row, or set `quote: \"\"` in \(section).format where marks mean nothing"
            )
        case .missingId: return ("the id is empty, and the row is left out", "fill it in; or \(raise)")
        case .unreadableTime:
            return (
                "it is no time with `unit: \(unit(relation).rawValue)`, and the row is left out",
                "set `unit` in \(section), or `unit: pattern` and `pattern`; or \(raise)"
            )
        case .wrongUnit:
            return wrongUnit(found, relation)
        case .farTime:
            return (
                "it is further from all other times than they span, and the row is left out",
                "mend the time, or remove the row"
            )
        case .unknownKind: return unknownKind(found)
        case .unreadableNumber:
            return ("it is no number, and counts as missing", "mend the file, or map another column")
        case .negativeNumber:
            return (
                "it is negative; a purchase of no pieces is left out, and an amount below 0 counts as "
                    + "missing",
                "remove returns, or set `kinds` in \(section) so that they are other"
            )
        case .unknownItem: return unknown(found, "item", section, raise)
        case .unknownUser: return unknown(found, "user", section, raise)
        case .duplicateId:
            return (
                "two rows describe this id differently",
                "remove one, or set `duplicates: first` or `duplicates: last` in \(section)"
            )
        case .label, .unclicked: return label(code, section)
        }
    }

    private func label(_ code: FaultCode, _ section: String) -> (String, String) {
        code == .label
            ? (
                "it is no label; expected 0 or 1, or true or false",
                "mend the file, or set `click` and `conversion` in \(section) to the columns with labels"
            )
            : (
                "a conversion without a click; every conversion is of a clicked impression",
                "mend the row, or set `click` in \(section) to the column that leads to the conversion"
            )
    }

    private func wrongUnit(_ found: FoundFault, _ relation: SourceRelation) -> (String, String) {
        let fitting = TimeText.unit(thatFits: found.value ?? "")
        let now = unit(relation).rawValue
        guard let fitting else {
            return (
                "as `unit: \(now)` it lies outside the years 1973 to 5138",
                "set `unit` in \(relation.setting); `unit: order` takes numbers that only say what came first"
            )
        }
        return (
            "as `unit: \(now)` it lies outside the years 1973 to 5138; as \(fitting.rawValue) it fits",
            found.rows == found.total
                ? "set `unit: \(fitting.rawValue)` in \(relation.setting)"
                : "mend these rows, or set `unit: \(fitting.rawValue)` in \(relation.setting) if all are so"
        )
    }

    private func unknownKind(_ found: FoundFault) -> (String, String) {
        let count = found.value?.split(separator: "\0").last.map(String.init) ?? "?"
        return (
            "`kinds` does not say what this is (\(count) of \(found.total) rows); beside it there are "
                + (found.note ?? "no events"),
            "add it to `kinds` in construct.source.events, as view, click, purchase or other"
        )
    }

    private func unknown(
        _ found: FoundFault, _ kind: String, _ section: String, _ raise: String
    ) -> (String, String) {
        let zeros = found.note.flatMap { Int($0) } ?? 0
        guard zeros * 2 < found.rows else {
            return (
                "no row of the \(kind)s has this id, and the row is left out; \(zeros) of them match once "
                    + "leading zeros are ignored",
                "write the \(kind)s' file again with ids as text, so that it keeps the zeros"
            )
        }
        return (
            "no row of the \(kind)s has this id, and the row is left out",
            "add the \(kind), or set `id` in construct.source.\(kind)s to the column with such ids; or "
                + "\(raise)"
        )
    }

    private func unit(_ relation: SourceRelation) -> TimeUnit {
        relation == .impressions ? source.impressions.unit : source.events.unit
    }

    private func encoding(_ relation: SourceRelation) -> String {
        switch relation {
        case .users: source.users.format.encoding.rawValue
        case .items: source.items.format.encoding.rawValue
        case .events: source.events.format.encoding.rawValue
        case .impressions: source.impressions.format.encoding.rawValue
        }
    }
}
