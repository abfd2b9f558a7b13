extension ExperimentConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<ExperimentConfiguration>] {
        [
            .counts(
                "seeds", \.seeds, 0..., upTo: .max - 1, unit: "seeds",
                "Each arm runs once per seed, which draws its own users; the tables pool them.",
                raising: "More seeds separate an effect from the luck of a draw; time grows proportionally."),
            .numbers(
                "fixedWeights", \.fixedWeights, .within(0, 1), unit: "weights",
                "Weights of the semantic reward in the sweep of fixed weights; the collaborative reward has "
                    + "the rest.",
                raising: "More values make a finer sweep, at one more run per value and seed."),
        ]
    }
}
