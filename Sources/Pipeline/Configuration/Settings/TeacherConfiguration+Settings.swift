extension TeacherConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<TeacherConfiguration>] {
        [
            .flag(
                "showsTarget", \.showsTarget,
                "Whether the teacher sees the true next item (RUPR). If not, it predicts one "
                    + "itself and the model learns that prediction: direct distillation, Table 3's \"w/o "
                    + "RUPR\".",
                effect: "false: direct distillation, which cannot teach what the teacher does not know."),
            .count(
                "candidates", \.candidates, 1..., unit: "chains of thought per prompt",
                "k, the number of chains of thought a prompt (§2.2.1: 3).",
                raising:
                    "Rejection sampling has more to choose from; the teacher takes proportionally longer."),
            .count(
                "maximumTokens", \.maximumTokens, 1..., unit: "tokens",
                "Most tokens of a chain of thought.",
                raising: "Longer reasoning, fewer cut off; the teacher and everything that reads its text "
                    + "take longer."),
            .count(
                "answerTokens", \.answerTokens, 1..., unit: "tokens",
                "Most tokens of a prediction, where it makes one.",
                raising: "Fewer predictions are cut off. Read only without `showsTarget`."),
            .number(
                "temperature", \.temperature, .atLeast(0), unit: "temperature",
                "Randomness of the draws; candidates should differ.",
                raising: "Candidates differ more and make less sense; 0 makes all candidates equal."),
            .number(
                "topP", \.topP, .above(0, upTo: 1), unit: "share",
                "Likeliest share of tokens that is drawn from.",
                raising: "1 draws from all tokens; lower values avoid unlikely words and make candidates "
                    + "more alike."),
            .count(
                "batchSize", \.batchSize, 1..., unit: "prompts",
                "Prompts drawn side by side.",
                raising: "Faster up to a point; memory of the key-value cache grows proportionally."),
        ]
    }
}
