extension ExperimentConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<ExperimentConfiguration>] {
        [
            .counts(
                "seeds", \.seeds, 0..., unit: "seeds", allowsNone: false,
                "Every arm is run once for each; users are drawn anew, and a table pools them.",
                raising: "More seeds show what a seed decides; time grows proportionally."),
            .numbers(
                "fixedWeights", \.fixedWeights, .within(0, 1), unit: "weights",
                "Weights of the semantic reward in the sweep of fixed weights; the collaborative "
                    + "one has the rest.",
                raising: "A finer sweep, one more run per weight and seed."),
        ]
    }
}
