extension AdapterConfiguration: ConfigurationSection {
    private static let maps = [
        SettingEntry.Choice(value: "q_proj", meaning: "Queries."),
        SettingEntry.Choice(value: "k_proj", meaning: "Keys."),
        SettingEntry.Choice(value: "v_proj", meaning: "Values."),
        SettingEntry.Choice(value: "o_proj", meaning: "Output of the attention."),
        SettingEntry.Choice(value: "gate_proj", meaning: "Gate of the feed-forward network."),
        SettingEntry.Choice(value: "up_proj", meaning: "Hidden layer of the feed-forward network."),
        SettingEntry.Choice(value: "down_proj", meaning: "Output of the feed-forward network."),
    ]

    /// See `ConfigurationSection`.
    public static var settings: [Setting<AdapterConfiguration>] {
        [
            .count(
                "rank", \.rank, 0..., unit: "",
                "r: the rank of each adapter; 0 trains all weights.",
                raising: "Closer to full fine-tuning; more trainable weights, gradients and optimizer "
                    + "state."),
            .number(
                "alpha", \.alpha, .above(0), unit: "",
                "α: adapters are scaled by α / r. Without effect at rank 0.",
                raising: "Adapters change the model more, much like a higher learning rate."),
            .names(
                "targets", \.targets, of: maps,
                "The linear maps that get an adapter, by their names in a checkpoint. Without effect at rank "
                    + "0.",
                effect: "More maps can adapt to more; gradients and optimizer state take more memory."),
        ]
    }
}
