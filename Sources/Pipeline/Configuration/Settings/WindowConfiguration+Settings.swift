extension WindowConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<WindowConfiguration>] {
        [
            .moment(
                "languageModel", \.languageModel,
                "Start of the language model's targets; earlier impressions train the reward ranker.",
                effect:
                    "Later: more impressions train the reward ranker; fewer next purchases are left for the "
                    + "language model."),
            .moment(
                "rankerTraining", \.rankerTraining,
                "Start of the impressions that train the compared rankers.",
                effect:
                    "Later: more next purchases for the language model; fewer impressions train the "
                    + "rankers."),
            .moment(
                "test", \.test, "Start of the test.",
                effect: "Later: more impressions train the rankers; fewer test them."),
            .moment(
                "end", \.end, "Start of what is not used; empty for nothing.",
                effect: "Earlier: a shorter test."),
        ]
    }

    /// Windows follow each other.
    public func checkTogether(_ path: String) throws {
        for (earlier, later) in zip(starts, starts.dropFirst()) {
            guard let first = WindowStart(earlier.text), let second = WindowStart(later.text),
                first.isLike(second), let before = first.order, let after = second.order
            else { continue }
            try require(
                before < after, path + later.name,
                "is \(later.text); expected a moment after \(path)\(earlier.name), which is \(earlier.text)")
        }
        for (name, text) in starts.dropLast() {
            try require(
                !text.isEmpty, path + name,
                "is empty; expected a date, a share of the events such as 60%, or days before the end such "
                    + "as -14d"
            )
        }
    }
}

extension Setting {
    /// A moment as `WindowStart` reads it.
    fileprivate static func moment(
        _ name: String, _ keyPath: KeyPath<Section, String>, _ summary: String, effect: String
    ) -> Setting {
        value(
            name, keyPath,
            SettingEntry(
                path: "", kind: .text, summary: summary,
                allowed:
                    "a date such as 2024-01-31, a share of the events such as 60%, or days before the end "
                    + "such as -14d",
                effect: effect), yaml: YAMLText.quoted, isValid: { WindowStart($0) != nil })
    }
}
