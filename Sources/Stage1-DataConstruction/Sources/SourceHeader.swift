import Pipeline

/// The names of the columns of delimited text.
enum SourceHeader {
    /// The fields of a header line.
    ///
    /// - Parameters:
    ///   - separator: one character or several.
    ///   - quote: empty where no mark has a meaning.
    static func fields(of line: String, separator: String, quote: String) -> [String] {
        var fields = [""]
        var isQuoted = false
        var rest = Substring(line.hasPrefix("\u{FEFF}") ? String(line.dropFirst()) : line)
        while let character = rest.first {
            if !quote.isEmpty, String(character) == quote {
                isQuoted.toggle()
                rest.removeFirst()
            } else if !isQuoted, rest.hasPrefix(separator) {
                fields.append("")
                rest.removeFirst(separator.count)
            } else {
                fields[fields.count - 1].append(character)
                rest.removeFirst()
            }
        }
        return fields
    }

    /// Names that a mapping can refer to: a column without one is called by its place, such as `column1`, and
    /// the second of two equal names gets a number.
    static func names(_ fields: [String]) -> [String] {
        var seen: Set<String> = []
        return fields.enumerated().map { place, field in
            let name = field.trimmingWhitespace
            var unique = name.isEmpty ? "column\(place + 1)" : name
            while !seen.insert(unique.lowercased()).inserted { unique += "_2" }
            return unique
        }
    }

    /// Whether a name is that of a column without one.
    static func isPlace(_ name: String) -> Bool {
        name.hasPrefix("column") && Int(name.dropFirst(6)) != nil
    }
}

extension String {
    /// Without blanks and line ends around it.
    var trimmingWhitespace: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
