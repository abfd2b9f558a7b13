extension Setting {
    /// A list of whole numbers.
    static func counts(
        _ name: String, _ keyPath: KeyPath<Section, [Int]>, _ range: some RangeExpression<Int>,
        upTo limit: Int = CountRange.limit, unit: String, allowsNone: Bool = false,
        paper: PaperSource? = nil, _ summary: String, raising effect: String
    ) -> Setting {
        let range = CountRange(range, limit: limit)
        let allowed = "a list of \(allowsNone ? "" : "one or more ")whole numbers, each "
        return value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .wholeNumbers, summary: summary, allowed: allowed + range.text,
                range: range.numbers, unit: unit, paper: paper, effect: effect),
            yaml: { YAMLText.list($0.map(String.init)) },
            isValid: { (allowsNone || !$0.isEmpty) && $0.allSatisfy(range.bounds.contains) },
            expected: { allowed + range.text(refusing: $0.max() ?? 0) })
    }

    /// A list of one or more numbers, none of them NaN or infinite.
    static func numbers(
        _ name: String, _ keyPath: KeyPath<Section, [Double]>, _ range: NumberRange, unit: String,
        paper: PaperSource? = nil, _ summary: String, raising effect: String
    ) -> Setting {
        value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .numbers, summary: summary,
                allowed: "a list of one or more numbers, each \(range.text)", range: range, unit: unit,
                paper: paper, effect: effect),
            yaml: { YAMLText.list($0.map { "\($0)" }) },
            isValid: { !$0.isEmpty && $0.allSatisfy(range.contains) })
    }

    /// A list of texts.
    static func texts(
        _ name: String, _ keyPath: KeyPath<Section, [String]>, unit: String, _ summary: String,
        effect: String
    ) -> Setting {
        value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .texts, summary: summary, allowed: "a list of texts", unit: unit,
                effect: effect), yaml: { YAMLText.list($0.map(YAMLText.quoted)) })
    }

    /// A list of some of a few names, each at most once.
    static func names(
        _ name: String, _ keyPath: KeyPath<Section, [String]>, of choices: [SettingEntry.Choice],
        _ summary: String, effect: String
    ) -> Setting {
        let names = choices.map(\.value)
        return value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .choices, summary: summary,
                allowed: "a list of \(names.joined(separator: ", ")), each at most once", effect: effect,
                choices: choices),
            yaml: { YAMLText.list($0.map(YAMLText.quoted)) },
            isValid: { $0.allSatisfy(names.contains) && Set($0).count == $0.count })
    }

    /// A list of choices, each at most once.
    static func choices<Choice: RawRepresentable<String> & CaseIterable & Hashable>(
        _ name: String, _ keyPath: KeyPath<Section, [Choice]>, paper: PaperSource? = nil,
        _ summary: String, effect: String, _ meaning: (Choice) -> String
    ) -> Setting {
        let choices = Choice.allCases.map {
            SettingEntry.Choice(value: $0.rawValue, meaning: meaning($0))
        }
        return value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .choices, summary: summary,
                allowed: "a list of \(choices.map(\.value).joined(separator: ", ")), each at most once",
                paper: paper, effect: effect, choices: choices),
            yaml: { YAMLText.list($0.map(\.rawValue)) }, isValid: { Set($0).count == $0.count })
    }

    /// A section of keys that the user chooses, each with a text.
    static func map(
        _ name: String, _ keyPath: KeyPath<Section, [String: String]>, unit: String, _ summary: String,
        effect: String
    ) -> Setting {
        value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .map, summary: summary, allowed: "a section of your own keys with texts",
                unit: unit, effect: effect), yaml: YAMLText.map)
    }
}

/// Which whole numbers a setting may be.
struct CountRange {
    /// The largest number of a range without an end.
    static let limit = Int(Int32.max)

    let bounds: Range<Int>
    /// Whether the range has an end of its own, not just the limit.
    private let isClosed: Bool

    init(_ range: some RangeExpression<Int>, limit: Int) {
        bounds = range.relative(to: Int.min..<limit + 1)
        isClosed = bounds.upperBound <= limit
    }

    var numbers: NumberRange {
        .within(Double(bounds.lowerBound), Double(bounds.upperBound - 1))
    }

    /// The range in words.
    var text: String {
        isClosed ? "\(bounds.lowerBound) to \(bounds.upperBound - 1)" : "\(bounds.lowerBound) or more"
    }

    /// The range in words that say why it does not have a number.
    func text(refusing number: Int) -> String {
        number < bounds.upperBound || isClosed ? text : "\(bounds.lowerBound) to \(bounds.upperBound - 1)"
    }
}

/// Values of settings as YAML.
public enum YAMLText {
    static func list(_ elements: [String]) -> String { "[\(elements.joined(separator: ", "))]" }

    static func map(_ values: [String: String]) -> String {
        let pairs = values.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \(quoted($0.value))" }
        return "{\(pairs.joined(separator: ", "))}"
    }

    /// A text as YAML: bare where nothing can be misread.
    public static func quoted(_ text: String) -> String {
        let isPlain =
            text.first?.isLetter == true
            && text.allSatisfy { ($0.isASCII && ($0.isLetter || $0.isNumber)) || "-_./".contains($0) }
        let isWord = ["true", "false", "yes", "no", "on", "off", "null"].contains(text.lowercased())
        guard !isPlain || isWord else { return text }
        let escapes = [("\\", "\\\\"), ("\"", "\\\""), ("\n", "\\n"), ("\t", "\\t")]
        let escaped = escapes.reduce(text) { $0.replacing($1.0, with: $1.1) }
        return "\"\(escaped)\""
    }
}
