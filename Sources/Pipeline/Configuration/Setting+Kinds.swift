extension Setting {
    /// A setting with one value.
    ///
    /// - Parameters:
    ///   - entry: all of its entry but path and default.
    ///   - isValid: whether it may have a value.
    ///   - expected: what is expected in place of a value that it may not have; `entry.allowed` by default.
    static func value<Value>(
        _ name: String, _ keyPath: KeyPath<Section, Value>, _ entry: SettingEntry,
        yaml: @escaping (Value) -> String, isValid: @escaping (Value) -> Bool = { _ in true },
        expected: ((Value) -> String)? = nil
    ) -> Setting {
        Setting { section, path in
            let value = section[keyPath: keyPath]
            guard isValid(value) else {
                throw ConfigurationError.invalid(
                    key: path + name,
                    message: "is \(yaml(value)); expected \(expected?(value) ?? entry.allowed)")
            }
        } entries: { defaults, path in
            var entry = entry
            (entry.path, entry.defaultValue) = (path + name, yaml(defaults[keyPath: keyPath]))
            return [entry]
        }
    }

    /// A whole number.
    ///
    /// - Parameters:
    ///   - range: allowed numbers, such as `1...`.
    ///   - limit: the largest number where `range` has no end: far beyond use, and small enough that sums and
    ///     products of two settings do not overflow.
    static func count(
        _ name: String, _ keyPath: KeyPath<Section, Int>, _ range: some RangeExpression<Int>,
        upTo limit: Int = CountRange.limit, unit: String, paper: PaperSource? = nil, _ summary: String,
        raising effect: String
    ) -> Setting {
        let range = CountRange(range, limit: limit)
        return value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .wholeNumber, summary: summary, allowed: "a whole number, \(range.text)",
                range: range.numbers, unit: unit, paper: paper, effect: effect),
            yaml: { "\($0)" }, isValid: range.bounds.contains,
            expected: { "a whole number, \(range.text(refusing: $0))" })
    }

    /// A number; never NaN nor infinite.
    static func number(
        _ name: String, _ keyPath: KeyPath<Section, Double>, _ range: NumberRange, unit: String,
        paper: PaperSource? = nil, _ summary: String, raising effect: String
    ) -> Setting {
        value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .number, summary: summary, allowed: "a number, \(range.text)", range: range,
                unit: unit, paper: paper, effect: effect),
            yaml: { "\($0)" }, isValid: range.contains)
    }

    /// Yes or no.
    static func flag(
        _ name: String, _ keyPath: KeyPath<Section, Bool>, paper: PaperSource? = nil, _ summary: String,
        effect: String
    ) -> Setting {
        value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .flag, summary: summary, allowed: "true or false", paper: paper,
                effect: effect), yaml: { "\($0)" })
    }

    /// A text.
    static func text(
        _ name: String, _ keyPath: KeyPath<Section, String>, paper: PaperSource? = nil, _ summary: String,
        effect: String
    ) -> Setting {
        value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .text, summary: summary, allowed: "a text", paper: paper, effect: effect),
            yaml: YAMLText.quoted)
    }

    /// One of a few choices.
    static func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ keyPath: KeyPath<Section, Choice>, paper: PaperSource? = nil, _ summary: String,
        effect: String, _ meaning: (Choice) -> String
    ) -> Setting {
        let choices = Choice.allCases.map {
            SettingEntry.Choice(value: $0.rawValue, meaning: meaning($0))
        }
        return value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .choice, summary: summary,
                allowed: "one of \(choices.map(\.value).joined(separator: ", "))", paper: paper,
                effect: effect, choices: choices), yaml: { $0.rawValue })
    }

    /// A section below this one.
    static func section<Inner: ConfigurationSection>(
        _ name: String, _ keyPath: KeyPath<Section, Inner>, _ summary: String
    ) -> Setting {
        Setting { section, path in
            try section[keyPath: keyPath].validate("\(path)\(name).")
        } entries: { defaults, path in
            // The defaults are those of the outer section, which may differ from the inner type's own.
            let own = defaults[keyPath: keyPath]
            let inner = Inner.settings.flatMap { $0.entries(own, "\(path)\(name).") }
            return [SettingEntry(path: path + name, kind: .section, summary: summary)] + inner
        }
    }
}
