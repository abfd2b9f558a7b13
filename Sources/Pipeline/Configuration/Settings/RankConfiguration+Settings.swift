extension RankConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<RankConfiguration>] {
        [
            .count(
                "maximumTokens", \.maximumTokens, 1..., unit: "tokens",
                "Most tokens of a user's reasoning and answer.",
                raising: "Fewer users' reasoning is cut off; inference takes longer."),
            .count(
                "batchSize", \.batchSize, 1..., unit: "users",
                "Users whose reasoning is drawn side by side.",
                raising: "Faster up to a point; memory of the key-value cache grows proportionally."),
            .section("codes", \.codes, "The product-quantized codes of the user embeddings."),
            .count(
                "similarUsers", \.similarUsers, 1..., unit: "users",
                "Similar users whose behaviours are lent, newest first of all together (§2.4: 1).",
                raising: "The lent sequence mixes more users, each less similar."),
            .count(
                "similarSequenceLength", \.similarSequenceLength, 1..., unit: "behaviours",
                "Most behaviours of the similar users (§2.4: the recent 100).",
                raising: "The ranker sees more of the similar users; training takes longer."),
            .section("ranker", \.ranker, "The rankers that are compared."),
            .choice(
                "calibration", \.calibration,
                "How their probabilities are brought to the frequencies of the impressions that "
                    + "are kept out: none or platt.",
                effect: "platt brings probabilities to the observed frequencies and leaves each tower's "
                    + "order as it is."
            ) { choice in
                switch choice {
                case .none: "As the network has them."
                case .platt:
                    "A slope and an intercept of each tower's logits; needs `ranker.validationShare`."
                }
            },
            .section("auction", \.auction, "The A/B simulation with them."),
        ]
    }
}
