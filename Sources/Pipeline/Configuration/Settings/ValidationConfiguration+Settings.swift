extension ValidationConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<ValidationConfiguration>] {
        [
            .count(
                "samples", \.samples, 0..., unit: "prompts",
                "Prompts that are held out of training; 0 validates nothing.",
                raising: "A steadier measurement and fewer prompts to train on; greedy answers cost time."),
            .count(
                "interval", \.interval, 1..., unit: "steps",
                "Steps between validations. The first is before training, the last after it.",
                raising: "Cheaper, and a bad turn is noticed later."),
            .choice(
                "metric", \.metric,
                "What `patience` and `keepsBest` look at.",
                effect: ""
            ) { choice in
                switch choice {
                case .categoryL1: "Share of answers whose category of the first level is the true one."
                case .categoryL2: "See `categoryL1`."
                case .categoryL3: "See `categoryL1`."
                case .titleHitRate50: "Share of answers whose true title is among the 50 nearest."
                case .titleHitRate100: "Share of answers whose true title is among the 100 nearest."
                case .ctcvr: "Mean CTCVR of the answered items, by a ranker that pays no reward."
                case .answered: "Share of completions with an answer."
                }
            },
            .count(
                "patience", \.patience, 0..., unit: "validations",
                "Validations without a better `metric` after which training ends; 0 never.",
                raising: "Training goes on longer without a gain."),
            .flag(
                "keepsBest", \.keepsBest,
                "Leave the weights of the best validation as the checkpoint, not the last ones.",
                effect: "true: the checkpoint is the best validated one, not the last."),
        ]
    }
}
