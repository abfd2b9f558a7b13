extension ValidationConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<ValidationConfiguration>] {
        [
            .count(
                "samples", \.samples, 0..., unit: "prompts",
                "Prompts held out of policy optimization; 0 validates nothing, and the settings below have "
                    + "no effect.",
                raising: "Steadier metrics; fewer prompts to train on, and longer validations."),
            .count(
                "interval", \.interval, 1..., unit: "steps",
                "Steps between validations. The first is before training, the last after it.",
                raising: "Cheaper; a turn for the worse is noticed later."),
            .choice(
                "metric", \.metric,
                "The metric, of greedy answers, that `patience` and `keepsBest` follow; higher is better.",
                effect: "Exact metrics such as hit rates are noisy on few prompts; `answered` only guards "
                    + "the form of the answers."
            ) { choice in
                switch choice {
                case .categoryL1: "Share of answers with the true category of the first level."
                case .categoryL2: "Share of answers with the true category of the second level."
                case .categoryL3: "Share of answers with the true category of the third level."
                case .titleHitRate50: "Share of answers whose true title is among the 50 nearest."
                case .titleHitRate100: "Share of answers whose true title is among the 100 nearest."
                case .ctcvr: "Mean CTCVR of the answered items, by a ranker that pays no reward."
                case .answered: "Share of completions with an answer."
                case .similarity: "Mean cosine of the answered and the true title."
                case .collaborative:
                    "Mean simulated reward of the answered titles: the ranker that pays, on prompts that are "
                        + "not trained on."
                case .words: "Mean number of words of a completion."
                case .distinctOpenings:
                    "Share of chains of thought whose first five words no other one begins with."
                }
            },
            .count(
                "patience", \.patience, 0..., unit: "validations",
                "Validations without a better `metric` after which training ends; 0 never ends it early.",
                raising: "Less risk of stopping on noise; more steps without a gain."),
            .flag(
                "keepsBest", \.keepsBest,
                "Keep the weights of the best validation as the checkpoint, not the last ones.",
                effect: "true: protects from late collapse; on few prompts, the best is partly luck."),
            .count(
                "bestOf", \.bestOf, 0..., unit: "rollouts",
                "Rollouts of the fine-tuned model per held-out prompt, to see what choosing the best of n "
                    + "would earn: what alignment could reach without learning anything new. 0 leaves it "
                    + "out.",
                raising: "A higher ceiling, at the price of as many more rollouts."),
        ]
    }
}
