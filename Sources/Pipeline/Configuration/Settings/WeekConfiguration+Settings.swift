extension WeekConfiguration: ConfigurationSection {
    /// Hours are kept in 32 bits, which a million weeks fit.
    private static let weeks = 3...1_000_000

    /// See `ConfigurationSection`.
    public static var settings: [Setting<WeekConfiguration>] {
        [
            .count(
                "languageModel", \.languageModel, weeks, unit: "week number",
                "First week of the language model's targets; earlier weeks train the reward ranker.",
                raising: "More impressions train the reward ranker; the language model's window gets shorter "
                    + "and fewer users qualify."),
            .count(
                "rankerTraining", \.rankerTraining, weeks, unit: "week number",
                "First week of the impressions that train the compared rankers.",
                raising: "More next purchases for the language model; fewer impressions train the rankers."),
            .count(
                "test", \.test, weeks, unit: "week number",
                "First week of the test.",
                raising: "More impressions train the rankers; fewer test them, and fewer users qualify."),
            .count(
                "end", \.end, weeks, unit: "week number",
                "First week that is not used.",
                raising: "A longer test window, up to the end of the logs."),
        ]
    }
}
