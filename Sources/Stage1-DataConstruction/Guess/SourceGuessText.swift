import Foundation
import Pipeline

/// A guessed mapping as YAML, each choice with its reason.
struct SourceGuessText {
    let guess: SourceGuess

    var text: String {
        let parts = [usersText, itemsText, eventsText, impressionsText].flatMap(\.self)
        let others = guess.others.map {
            "# Not used: \($0.files.joined(separator: ", ")); its columns are "
                + $0.columns.joined(separator: ", ")
        }
        let isUnnamed = guess.others.contains { !$0.format.header }
        let missing = [
            isUnnamed
                ? "# Columns without names: Configs/sources has mappings of public data sets; or give "
                    + "format.names."
                : nil,
            guess.items == nil ? "# No file describes items; map one as construct.source.items." : nil,
            guess.events == nil && guess.impressions == nil
                ? "# No file has users, items and times; map one as construct.source.events." : nil,
        ].compactMap(\.self)
        let head = [
            "# Guessed by `taiji init` from names and first rows. `taiji check --config` on this file says "
                + "whether it fits;",
            "# `taiji config --explain construct.source` says what every setting means.",
        ]
        return
            (head + others + missing + [
                "construct:", "  source:", "    folder: \(quoted(guess.folder.path))",
            ] + parts)
            .map { $0 + "\n" }.joined()
    }

    // MARK: Relations

    private var usersText: [String] {
        guard let found = guess.users else { return [] }
        return section("users", found)
            + [
                line("id", ColumnWords.find(ColumnWords.user, in: found.columns), found)
            ].compactMap(\.self)
    }

    private var itemsText: [String] {
        guard let found = guess.items else { return [] }
        let levels = ColumnWords.categories.compactMap { ColumnWords.find([$0], in: found.columns) }
        let lists = levels.filter { isList($0, found) }
        var lines = [
            line("id", ColumnWords.find(ColumnWords.item, in: found.columns), found),
            line("title", ColumnWords.find(ColumnWords.title, in: found.columns), found)
                ?? "      title: \"\"    # no column is named like one; items are called by their ids",
            line("brand", ColumnWords.find(ColumnWords.brand, in: found.columns), found),
            line("price", ColumnWords.find(ColumnWords.price, in: found.columns), found),
        ].compactMap(\.self)
        if let list = lists.first {
            lines.append("      categories: [\(quoted(list))]    # such as \(example(list, found))")
            lines.append("      categoryForm: list")
            if let separator = separator(of: list, found) {
                lines.append("      categorySeparator: \(quoted(separator))")
            }
        } else if !levels.isEmpty {
            lines.append(
                "      categories: [\(levels.map(quoted).joined(separator: ", "))]    # broadest first; "
                    + "such as "
                    + levels.map { example($0, found) }.joined(separator: " > "))
        }
        return section("items", found) + lines
    }

    private var eventsText: [String] {
        guard let found = guess.events else { return [] }
        let kind = ColumnWords.find(ColumnWords.kind, in: found.columns)
        var lines =
            [
                line("user", ColumnWords.find(ColumnWords.user, in: found.columns), found),
                line("item", ColumnWords.find(ColumnWords.item, in: found.columns), found),
            ].compactMap(\.self) + timeLines(found)
        if let kind {
            lines.append("      kind: \(quoted(kind))")
            let values = Set(found.values(kind)).sorted()
            let highest = values.compactMap(Double.init).max()
            let pairs = values.map { value in
                // Of labels and ratings, the highest is the strongest sign.
                let kind =
                    Double(value).map { $0 == highest ? "purchase" : "view" } ?? ColumnWords.kind(of: value)
                return "\(quoted(value)): \(kind)"
            }
            lines.append(
                "      kinds: {\(pairs.joined(separator: ", "))}    # of the first rows; is each right?")
        } else {
            lines.append("      defaultKind: purchase    # no column names a kind; are all rows purchases?")
        }
        for (setting, words) in [
            ("quantity", ColumnWords.quantity), ("value", ColumnWords.value), ("basket", ColumnWords.basket),
            ("place", ColumnWords.place),
        ] {
            if let text = line(setting, ColumnWords.find(words, in: found.columns), found) {
                lines.append(text)
            }
        }
        return section("events", found) + lines
    }

    private var impressionsText: [String] {
        guard let found = guess.impressions else { return [] }
        let known = [
            ("user", ColumnWords.user), ("item", ColumnWords.item), ("click", ColumnWords.click),
            ("conversion", ColumnWords.conversion), ("request", ColumnWords.request),
        ].map { ($0, ColumnWords.find($1, in: found.columns)) }
        let time = found.time
        let mapped = Set(known.compactMap(\.1) + [time].compactMap(\.self))
        // Columns of few values tell of the moment; others are ids or texts.
        let context = found.columns.filter { column in
            !mapped.contains(column) && !SourceHeader.isPlace(column)
                && (1...100).contains(Set(found.values(column)).count)
                && ColumnWords.find(ColumnWords.time, in: [column]) == nil && !ColumnWords.isOutcome(column)
        }
        var lines = known.compactMap { line($0, $1, found) } + timeLines(found)
        if !context.isEmpty {
            let pairs = context.map { "\(quoted(ColumnWords.plain($0))): \(quoted($0))" }
            lines.append(
                "      context: {\(pairs.joined(separator: ", "))}    # what is known when an item is "
                    + "shown; remove "
                    + "what is known only afterwards")
        }
        return section("impressions", found) + lines
    }

    // MARK: Lines

    private func section(_ name: String, _ found: FoundFiles) -> [String] {
        let format = found.format
        var parts: [String] = []
        if format.kind == .csv {
            if format.separator != "," { parts.append("separator: \(quoted(format.separator))") }
            if format.quote.isEmpty { parts.append("quote: \"\"") }
            if format.encoding != .utf8 { parts.append("encoding: \(format.encoding.rawValue)") }
            if !format.header {
                parts += ["header: false", "names: [\(format.names.joined(separator: ", "))]"]
            }
        }
        let files = found.files.map(quoted).joined(separator: ", ")
        return ["    \(name):", "      files: [\(files)]"]
            + (parts.isEmpty
                ? []
                : [
                    "      format: {\(parts.joined(separator: ", "))}"
                        + (found.reasons.isEmpty ? "" : "    # \(found.reasons.joined(separator: "; "))")
                ])
    }

    private func line(_ setting: String, _ column: String?, _ found: FoundFiles) -> String? {
        column.map { "      \(setting): \(quoted($0))    # such as \(example($0, found))" }
    }

    private func timeLines(_ found: FoundFiles) -> [String] {
        guard let column = found.time else { return [] }
        let values = found.values(column)
        let name = "      time: \(quoted(column))    # such as \(example(column, found))"
        guard !values.isEmpty else { return [name] }
        let units = Set(values.compactMap { TimeText.unit(thatFits: $0)?.rawValue })
        if values.allSatisfy({ Double($0) != nil }), let unit = units.first, units.count == 1 {
            return [name, "      unit: \(unit)"]
        }
        if values.allSatisfy({ Double($0) != nil }) {
            return [name, "      unit: order    # numbers too small to be seconds since 1970"]
        }
        for (pattern, form) in Self.patterns where values.allSatisfy({ $0.wholeMatch(of: form) != nil }) {
            return [name, "      unit: pattern", "      pattern: \(quoted(pattern))"]
        }
        return [name]
    }

    private static var patterns: [(String, Regex<Substring>)] {
        [
            ("%m/%d/%Y %I:%M:%S %p", #/\d{1,2}\/\d{1,2}\/\d{4} \d{1,2}:\d{2}:\d{2} [AP]M/#),
            ("%d/%m/%Y %H:%M", #/\d{1,2}\/\d{1,2}\/\d{4} \d{1,2}:\d{2}/#),
            ("%d.%m.%Y %H:%M:%S", #/\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d{2}:\d{2}/#),
            ("%d.%m.%Y", #/\d{1,2}\.\d{1,2}\.\d{4}/#), ("%d/%m/%Y", #/\d{1,2}\/\d{1,2}\/\d{4}/#),
            ("%Y%m%d", #/\d{8}/#),
        ]
    }

    private func isList(_ column: String, _ found: FoundFiles) -> Bool {
        let values = found.values(column)
        return values.contains { $0.hasPrefix("[") } || separator(of: column, found) != nil
    }

    private func separator(of column: String, _ found: FoundFiles) -> String? {
        let values = found.values(column)
        guard !values.contains(where: { $0.hasPrefix("[") }) else { return nil }
        let name = ColumnWords.plain(column)
        guard ["genres", "categories", "tags", "tag", "genre"].contains(name) else { return nil }
        return ["|", ">", ",", "/"].first { mark in values.contains { $0.contains(mark) } }
    }

    private func example(_ column: String, _ found: FoundFiles) -> String {
        let value = found.values(column).first ?? "nothing"
        return String(value.prefix(40)).replacing("\n", with: " ")
    }

    private func quoted(_ text: String) -> String { YAMLText.quoted(text) }
}
