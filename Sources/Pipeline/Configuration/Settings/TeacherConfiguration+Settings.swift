extension TeacherConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<TeacherConfiguration>] {
        [
            .flag(
                "showsTarget", \.showsTarget,
                paper: .at("§2.1.2; false is Table 3's w/o RUPR", value: "true"),
                "Whether the teacher sees the true next item (RUPR). Otherwise it predicts one itself, and "
                    + "the model learns that prediction: direct distillation.",
                effect: "false: the model cannot learn more about the next item than the teacher can predict."
            ),
            .count(
                "candidates", \.candidates, 1..., unit: "chains of thought per prompt",
                paper: .at("§2.2.1", value: "3"),
                "k: chains of thought per prompt.",
                raising: "Rejection sampling has more to choose from; the teacher takes proportionally "
                    + "longer."
            ),
            .count(
                "maximumTokens", \.maximumTokens, 1..., unit: "tokens",
                "Maximum length of a chain of thought; a longer one is cut at its last whole sentence.",
                raising: "Fewer chains are cut; the teacher and every step that reads its text take longer."),
            .count(
                "answerTokens", \.answerTokens, 1..., unit: "tokens",
                "Maximum length of the teacher's own prediction; without effect if `showsTarget` is true.",
                raising: "Fewer predictions are cut; direct distillation takes longer."),
            .number(
                "temperature", \.temperature, .atLeast(0), unit: "",
                "Sampling temperature.",
                raising: "More diverse and less coherent candidates; at 0 all candidates of a prompt are the "
                    + "same."),
            .number(
                "topP", \.topP, .above(0, upTo: 1), unit: "share",
                "Nucleus sampling: the most likely tokens with this total probability are drawn from.",
                raising: "More diverse candidates with more unlikely words; 1 draws from all tokens."),
            .text(
                "beginning", \.beginning,
                "What every chain of thought begins with; a small teacher that begins by itself talks about "
                    + "something else.",
                effect: "Sets the subject and the language of the reasoning."),
            .count(
                "batchSize", \.batchSize, 1..., unit: "prompts",
                "Prompts generated side by side.",
                raising: "Faster until the processor is busy; key-value memory grows proportionally, and a "
                    + "kill loses a larger batch."),
            .choice(
                "generationWeights", \.generationWeights,
                "What the weights are rounded to while the teacher writes; its likelihoods keep their "
                    + "own.",
                effect: GenerationWeights.effect
            ) { choice in
                choice.summary
            },
            .section(
                "endpoint", \.endpoint,
                "A server that writes the reasoning in place of the local model."),
        ]
    }
}
