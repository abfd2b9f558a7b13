extension EvaluateConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<EvaluateConfiguration>] {
        [
            .count(
                "maximumTokens", \.maximumTokens, 1..., unit: "tokens",
                "Maximum length of an answer with its reasoning.",
                raising: "Fewer answers are truncated; answering takes longer."),
            .count(
                "batchSize", \.batchSize, 1..., unit: "users",
                "Users answered side by side.",
                raising: "Faster until the processor is busy; key-value memory grows proportionally, and a "
                    + "kill loses a larger batch."),
            .choice(
                "generationWeights", \.generationWeights,
                "What the weights are rounded to while test users are answered.",
                effect: GenerationWeights.effect
            ) { choice in
                choice.summary
            },
            .text(
                "baseModel", \.baseModel,
                "The base model's name on that server; empty: the local engine answers.",
                effect: "Table 1's first row is the server's."),
            .text(
                "tunedModel", \.tunedModel,
                "The fine-tuned model's name on that server; empty: the local engine answers.",
                effect: "Table 1's second row is the server's."),
            .counts(
                "hitRateDepths", \.hitRateDepths, 1..., unit: "titles",
                paper: .at("§3.1.2", value: "[50, 100]"),
                "K of Title Hit-Rate@K, one column each.",
                raising: "Hits get easier, and differences between models smaller as K nears "
                    + "`construct.catalogueSize`."),
            .count(
                "replicates", \.replicates, 1..., unit: "resamples",
                "Bootstrap resamples per interval.",
                raising: "The ends of the intervals vary less between seeds; time grows proportionally."),
            .count(
                "shownUsers", \.shownUsers, 0..., unit: "users",
                "Users printed in full at the end of a run.",
                raising: "A longer printout; results stay the same."),
            .section("endpoint", \.endpoint, "A server that answers as the aligned model."),
        ]
    }
}
