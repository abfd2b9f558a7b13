extension Setting {
    /// A setting with one value.
    private static func value<Value>(
        _ name: String, _ keyPath: KeyPath<Section, Value>, allowed: String, unit: String,
        _ summary: String, _ effect: String, choices: [SettingEntry.Choice] = [],
        yaml: @escaping (Value) -> String, isValid: @escaping (Value) -> Bool
    ) -> Setting {
        Setting(name: name) { section, path in
            let value = section[keyPath: keyPath]
            guard isValid(value) else {
                throw ConfigurationError.invalid(
                    key: path + name, message: "is \(yaml(value)); expected \(allowed)")
            }
        } entries: { defaults, path in
            [
                SettingEntry(
                    path: path + name, summary: summary, allowed: allowed, unit: unit,
                    defaultValue: yaml(defaults[keyPath: keyPath]), effect: effect, choices: choices)
            ]
        }
    }

    /// A whole number.
    static func count(
        _ name: String, _ keyPath: KeyPath<Section, Int>, _ range: some RangeExpression<Int>, unit: String,
        _ summary: String, raising effect: String
    ) -> Setting {
        value(
            name, keyPath, allowed: "a whole number, \(describe(range))", unit: unit, summary, effect,
            yaml: { "\($0)" }, isValid: range.contains)
    }

    /// A number; never NaN nor infinite.
    static func number(
        _ name: String, _ keyPath: KeyPath<Section, Double>, _ range: NumberRange, unit: String,
        _ summary: String, raising effect: String
    ) -> Setting {
        value(
            name, keyPath, allowed: "a number, \(range.text)", unit: unit, summary, effect,
            yaml: { "\($0)" }, isValid: { $0.isFinite && range.contains($0) })
    }

    /// Yes or no.
    static func flag(
        _ name: String, _ keyPath: KeyPath<Section, Bool>, _ summary: String, effect: String
    ) -> Setting {
        value(
            name, keyPath, allowed: "true or false", unit: "", summary, effect, yaml: { "\($0)" },
            isValid: { _ in true })
    }

    /// A text.
    static func text(
        _ name: String, _ keyPath: KeyPath<Section, String>, _ summary: String, effect: String
    ) -> Setting {
        value(
            name, keyPath, allowed: "a text", unit: "", summary, effect, yaml: quoted, isValid: { _ in true })
    }

    /// One of a few choices.
    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ keyPath: KeyPath<Section, Choice>, _ summary: String, effect: String,
        _ meaning: (Choice) -> String
    ) -> Setting {
        let choices = Choice.allCases.map {
            SettingEntry.Choice(value: $0.rawValue, meaning: meaning($0))
        }
        return value(
            name, keyPath, allowed: "one of \(choices.map(\.value).joined(separator: ", "))", unit: "",
            summary, effect, choices: choices, yaml: { $0.rawValue }, isValid: { _ in true })
    }

    /// A list of choices.
    static func choices<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ keyPath: KeyPath<Section, [Choice]>, _ summary: String, effect: String,
        _ meaning: (Choice) -> String
    ) -> Setting {
        let choices = Choice.allCases.map {
            SettingEntry.Choice(value: $0.rawValue, meaning: meaning($0))
        }
        return value(
            name, keyPath, allowed: "a list of \(choices.map(\.value).joined(separator: ", "))", unit: "",
            summary, effect, choices: choices, yaml: { list($0.map(\.rawValue)) }, isValid: { _ in true })
    }

    /// A list of whole numbers.
    static func counts(
        _ name: String, _ keyPath: KeyPath<Section, [Int]>, _ range: some RangeExpression<Int>, unit: String,
        allowsNone: Bool, _ summary: String, raising effect: String
    ) -> Setting {
        value(
            name, keyPath,
            allowed: "a list of \(allowsNone ? "" : "one or more ")whole numbers, each \(describe(range))",
            unit: unit, summary, effect, yaml: { list($0.map(String.init)) },
            isValid: { ($0.isEmpty ? allowsNone : true) && $0.allSatisfy(range.contains) })
    }

    /// A list of numbers, none of them NaN or infinite.
    static func numbers(
        _ name: String, _ keyPath: KeyPath<Section, [Double]>, _ range: NumberRange, unit: String,
        _ summary: String, raising effect: String
    ) -> Setting {
        value(
            name, keyPath, allowed: "a list of one or more numbers, each \(range.text)", unit: unit, summary,
            effect, yaml: { list($0.map { "\($0)" }) },
            isValid: { !$0.isEmpty && $0.allSatisfy { $0.isFinite && range.contains($0) } })
    }

    /// A list of texts.
    static func texts(
        _ name: String, _ keyPath: KeyPath<Section, [String]>, unit: String, _ summary: String,
        effect: String
    ) -> Setting {
        value(
            name, keyPath, allowed: "a list of texts", unit: unit, summary, effect,
            yaml: { list($0.map(quoted)) }, isValid: { _ in true })
    }

    /// A section of keys that the user chooses, each with a text.
    static func map(
        _ name: String, _ keyPath: KeyPath<Section, [String: String]>, unit: String, _ summary: String,
        effect: String
    ) -> Setting {
        value(
            name, keyPath, allowed: "a section of your own keys with texts", unit: unit, summary, effect,
            yaml: { values in
                let pairs = values.sorted { $0.key < $1.key }.map { "\(quoted($0.key)): \(quoted($0.value))" }
                return "{\(pairs.joined(separator: ", "))}"
            }, isValid: { _ in true })
    }

    /// A section below this one.
    static func section<Inner: ConfigurationSection>(
        _ name: String, _ keyPath: KeyPath<Section, Inner>, _ summary: String
    ) -> Setting {
        Setting(name: name) { section, path in
            try section[keyPath: keyPath].validate("\(path)\(name).")
        } entries: { defaults, path in
            // The defaults are those of the outer section, which may differ from the inner type's own.
            let own = defaults[keyPath: keyPath]
            let inner = Inner.settings.flatMap { $0.entries(own, "\(path)\(name).") }
            return [SettingEntry(path: path + name, summary: summary)] + inner
        }
    }

    private static func describe(_ range: some RangeExpression<Int>) -> String {
        switch range {
        case let range as PartialRangeFrom<Int>: "\(range.lowerBound) or more"
        case let range as ClosedRange<Int>: "\(range.lowerBound) to \(range.upperBound)"
        default: "\(range)"
        }
    }

    private static func list(_ elements: [String]) -> String { "[\(elements.joined(separator: ", "))]" }

    /// A text as YAML: bare where nothing can be misread.
    private static func quoted(_ text: String) -> String {
        let isPlain =
            text.first?.isLetter == true
            && text.allSatisfy { ($0.isASCII && ($0.isLetter || $0.isNumber)) || "-_./".contains($0) }
        let isWord = ["true", "false", "yes", "no", "on", "off", "null"].contains(text.lowercased())
        return isPlain && !isWord
            ? text : "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
