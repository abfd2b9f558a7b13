extension RankerConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<RankerConfiguration>] {
        [
            .count(
                "epochs", \.epochs, 1..., unit: "passes",
                "Passes over the impressions, at most, if `validationShare` is above 0.",
                raising: "A closer fit to the training impressions; embeddings overfit after a few passes."),
            .count(
                "batchSize", \.batchSize, 1..., unit: "impressions",
                "Impressions per optimizer step.",
                raising: "Faster per impression; fewer, smoother steps, which may need a higher learning "
                    + "rate."
            ),
            .number(
                "learningRate", \.learningRate, .above(0), unit: "",
                "Peak learning rate.",
                raising: "Learns faster; too high, training diverges."),
            .count(
                "historyLength", \.historyLength, 1..., unit: "purchases",
                "Purchases of the user before the impression that the ranker reads.",
                raising: "The ranker sees more of a user; training and scoring take longer."),
            .number(
                "validationShare", \.validationShare, .from(0, below: 1), unit: "share",
                "Share of the impressions, the latest ones, held out for early stopping; 0 trains on all of "
                    + "them for all `epochs`.",
                raising: "A steadier stopping decision; fewer and older impressions to train on."),
            .count(
                "patience", \.patience, 1..., unit: "epochs",
                "Epochs without a lower validation loss before training stops; the best epoch's weights are "
                    + "kept. Without effect if `validationShare` is 0.",
                raising: "Less risk of stopping on noise; more epochs without a gain."),
            .section("network", \.network, "The network: ESMM with shared embeddings and two towers."),
        ]
    }
}
