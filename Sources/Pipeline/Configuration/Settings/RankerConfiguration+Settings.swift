extension RankerConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<RankerConfiguration>] {
        [
            .count(
                "epochs", \.epochs, 1..., unit: "passes",
                "Passes over the impressions.",
                raising: "Fits the impressions better; embeddings overfit after a few passes."),
            .count(
                "batchSize", \.batchSize, 1..., unit: "impressions",
                "Impressions an optimizer step.",
                raising: "Faster per impression and fewer steps."),
            .number(
                "learningRate", \.learningRate, .above(0), unit: "per step",
                "Peak learning rate.",
                raising: "Learns faster, and diverges when too high."),
            .count(
                "historyLength", \.historyLength, 1..., unit: "purchases",
                "Behaviours of the user before the impression.",
                raising: "The rankers see more of a user; training takes longer."),
            .section("network", \.network, "The network."),
            .number(
                "validationShare", \.validationShare, .from(0, below: 1), unit: "share",
                "Share of the impressions, the latest ones, that are kept out to stop by; 0 "
                    + "trains on all of them for all `epochs`.",
                raising: "A steadier stopping decision and fewer impressions to train on."),
            .count(
                "patience", \.patience, 1..., unit: "epochs",
                "Epochs without a smaller validation loss before training stops; the best epoch's "
                    + "weights are kept.",
                raising: "Training goes on longer without a gain."),
        ]
    }
}
