extension WeekConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<WeekConfiguration>] {
        [
            .count(
                "languageModel", \.languageModel, 3..., unit: "week",
                "First week of the language model's targets.",
                raising: "Later: more impressions train the reward ranker, and less time is left for the "
                    + "windows after it."),
            .count(
                "rankerTraining", \.rankerTraining, 3..., unit: "week",
                "First week of the impressions that train the compared rankers.",
                raising: "Later: more next purchases for the language model, and fewer impressions train "
                    + "the rankers."),
            .count(
                "test", \.test, 3..., unit: "week",
                "First week of the test.",
                raising: "Later: more impressions train the rankers, and fewer test them."),
            .count(
                "end", \.end, 3..., unit: "week",
                "First week that is not used.",
                raising: "Later: more of the log is used for testing."),
        ]
    }
}
