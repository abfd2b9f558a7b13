extension AdapterConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<AdapterConfiguration>] {
        [
            .count(
                "rank", \.rank, 0..., unit: "",
                "r, the rank of a change; 0 trains all weights.",
                raising: "More trainable weights per map, closer to full fine-tuning."),
            .number(
                "alpha", \.alpha, .above(0), unit: "",
                "α; a change is scaled by α / r.",
                raising: "A larger change for the same adapter weights, like a higher learning rate."),
            .texts(
                "targets", \.targets, unit: "linear maps",
                "The linear maps that get an adapter, by their names in a checkpoint.",
                effect: "More maps can change; more memory for gradients and moments."),
        ]
    }
}
