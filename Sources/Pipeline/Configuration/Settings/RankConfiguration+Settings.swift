extension RankConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<RankConfiguration>] {
        [
            .count(
                "maximumTokens", \.maximumTokens, 1..., unit: "tokens",
                "Maximum length of a user's reasoning and answer.",
                raising: "Fewer users' texts are truncated; generation for all users takes longer."),
            .count(
                "batchSize", \.batchSize, 1..., unit: "users",
                "Users whose text is generated side by side.",
                raising: "Faster until the processor is busy; key-value memory grows proportionally, and a "
                    + "kill loses a larger batch."),
            .choice(
                "generationWeights", \.generationWeights,
                "What the weights are rounded to while reasoning and answers are written, here and by "
                    + "a service.",
                effect: GenerationWeights.effect
            ) { choice in
                choice.summary
            },
            .count(
                "snapshots", \.snapshots, 1..., unit: "times",
                "Times at which features are made, evenly spaced from the start of the rankers' window to "
                    + "the end of the test; an impression reads the newest before it.",
                raising:
                    "Features are fresher, as near-online inference makes them (§2.4); text is generated "
                    + "for every user that many times, for the aligned and for the base model."),
            .choice(
                "embedding", \.embedding,
                "Whose hidden states embed a user's reasoning and answer.",
                effect:
                    "An encoder is trained to place texts of like meaning together; the model's own states "
                    + "know what it learnt of users. Its width must be a multiple of `codes.subQuantizers`."
            ) { choice in
                switch choice {
                case .encoder: "The sentence encoder, `embedder`."
                case .model:
                    "The model that wrote them: the mean of its last layer's states over the text."
                case .both: "Both side by side."
                }
            },
            .count(
                "similarUsers", \.similarUsers, 1..., unit: "users", paper: .at("§2.4", value: "1"),
                "Similar users whose behaviours are lent to a user, merged newest first.",
                raising: "A broader sequence from users who are less similar."),
            .count(
                "similarSequenceLength", \.similarSequenceLength, 1..., unit: "behaviours",
                paper: .at("§2.4", value: "100"),
                "Maximum length of the similar users' sequence.",
                raising: "The ranker sees more of the similar users; training and scoring take longer."),
            .flag(
                "codeCrosses", \.codeCrosses,
                "Whether the user's codes are crossed with the candidate's L2 category.",
                effect: "The ranker learns what users of a code buy, which a tower finds out of separate "
                    + "embeddings only slowly; more weights, and slower rankings over HTTP."),
            .flag(
                "similarCrosses", \.similarCrosses,
                "Whether candidates are crossed with what the similar users bought, weighted by similarity "
                    + "and age; a service cannot serve such a ranker.",
                effect:
                    "The ranker sees how many similar users bought a candidate, which a pooled sequence of "
                    + "many users hides."),
            .flag(
                "textCrosses", \.textCrosses,
                "Whether candidates are crossed with the titles that are nearest to what was written about "
                    + "the user; a service cannot serve such a ranker.",
                effect:
                    "The ranker sees whether the answer names the candidate or its like, which codes of the "
                    + "whole text hide. The experiment gets arms of it, with placebos and a ceiling."),
            .count(
                "seeds", \.seeds, 1..., unit: "rankers",
                "Rankers of each arm of the experiment, which differ by their seed; tables show their mean.",
                raising:
                    "Differences by chance of training shrink; the comparison takes as many times longer."),
            .choice(
                "calibration", \.calibration,
                "How the rankers' probabilities are fitted to held-out impressions.",
                effect: "`platt` fits probabilities to observed frequencies and leaves the order within each "
                    + "tower as it is."
            ) { choice in
                switch choice {
                case .none: "Not at all."
                case .platt: "A slope and an intercept per tower; needs `ranker.validationShare`."
                }
            },
            .section(
                "endpoint", \.endpoint,
                "A server that has the aligned model and writes every user's text."),
            .section("codes", \.codes, "The codes that user embeddings are quantized to, §2.4."),
            .section("ranker", \.ranker, "The rankers that are compared; all are trained alike."),
            .section("auction", \.auction, "The A/B simulation of Table 2."),
        ]
    }
}
