extension EvaluateConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<EvaluateConfiguration>] {
        [
            .count(
                "maximumTokens", \.maximumTokens, 1..., unit: "tokens",
                "Most tokens of an answer.",
                raising: "Fewer answers are cut off; answers take longer."),
            .count(
                "batchSize", \.batchSize, 1..., unit: "users",
                "Users answered side by side.",
                raising: "Faster up to a point; memory of the key-value cache grows proportionally."),
            .counts(
                "hitRateDepths", \.hitRateDepths, 1..., unit: "titles", allowsNone: false,
                "K of Title Hit-Rate@K.",
                raising: "A larger K is easier to hit."),
            .count(
                "replicates", \.replicates, 1..., unit: "resamples",
                "Bootstrap replicates of every interval.",
                raising: "Ends of intervals repeat more exactly; time grows proportionally."),
            .count(
                "shownUsers", \.shownUsers, 0..., unit: "users",
                "Users shown in full at the end of a run.",
                raising: "More users are printed at the end of a run."),
        ]
    }
}
