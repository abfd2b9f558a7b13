extension UserMapping: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<UserMapping>] {
        [
            .files(
                \.files, "Files, globs, folders or URLs; empty where nothing is known about users.",
                effect: "Without them, users are who the events name, and profiles hold behaviour alone."),
            .text(
                "id", \.id, "Column of the user's id, which is kept as written.",
                effect: "Has to hold the ids that events name."),
            .map(
                "attributes", \.attributes, unit: "attributes",
                "Attributes by name, each with its column; empty for all other columns under their own "
                    + "names.",
                effect: "Each attribute is a field of the ranker and of the profile in the prompt."),
            .duplicates(\.duplicates),
            .section("format", \.format, "How the files are written."),
        ]
    }
}

extension Setting {
    /// Files of a relation.
    static func files(
        _ keyPath: KeyPath<Section, [String]>, _ summary: String, effect: String
    ) -> Setting {
        texts("files", keyPath, unit: "files", summary, effect: effect)
    }

    /// What happens where two rows describe one id.
    static func duplicates(_ keyPath: KeyPath<Section, DuplicateRule>) -> Setting {
        choice(
            "duplicates", keyPath, "What happens where two rows have one id.",
            effect: "Rows that say the same count as one in any case; this is about rows that differ."
        ) {
            switch $0 {
            case .refuse: "the run stops and names both rows"
            case .first: "the first row counts"
            case .last: "the last row counts"
            }
        }
    }

    /// How a relation's times are written.
    static func unit(_ keyPath: KeyPath<Section, TimeUnit>) -> Setting {
        choice(
            "unit", keyPath, "How times are written.",
            effect: "The wrong one moves events to another century, which `taiji check` reports."
        ) {
            switch $0 {
            case .iso: "ISO 8601, such as `2024-01-31 18:30:00+01:00`, or a date"
            case .pattern: "in the form that `pattern` states"
            case .order: "numbers that only say what came first; windows are shares of the events then"
            case .seconds: "seconds since 1970"
            case .milliseconds: "milliseconds since 1970"
            case .microseconds: "microseconds since 1970"
            }
        }
    }
}
