extension NetworkConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<NetworkConfiguration>] {
        [
            .count(
                "embeddingWidth", \.embeddingWidth, 1..., unit: "numbers",
                "E: width of an embedding.",
                raising: "More capacity, memory and time; rare values overfit sooner."),
            .counts(
                "towerWidths", \.towerWidths, 1..., unit: "neurons per layer", allowsNone: true,
                "Widths of a tower's hidden layers; an empty list makes the towers linear.",
                raising: "More capacity and time; overfits sooner on few impressions."),
            .count(
                "minimumCount", \.minimumCount, 1..., unit: "impressions",
                "Values seen less often in training share their field's embedding for unknown values.",
                raising: "Less memory and less overfitting; rare values lose their detail."),
            .choice(
                "pooling", \.pooling,
                "How a behaviour sequence becomes one vector.",
                effect: "All but `mean` weigh behaviours by the candidate, and cost more time."
            ) { choice in
                switch choice {
                case .mean: "The mean of its behaviours."
                case .attention: "Scaled dot-product attention from the candidate."
                case .din: "DIN's activation unit, a small network per behaviour (Zhou et al., 2018)."
                case .transformer:
                    "One block of self-attention (BST, Chen et al., 2019), then attention from the candidate."
                }
            },
            .count(
                "attentionWidth", \.attentionWidth, 1..., unit: "neurons",
                "Hidden width of DIN's activation unit; without effect for other `pooling`.",
                raising: "More capacity, and more time per behaviour."),
            .count(
                "crossLayers", \.crossLayers, 0..., unit: "layers",
                "Cross layers (DCN v2, Wang et al., 2021) before the towers; 0 for none.",
                raising: "Feature crosses of higher order; more weights and time."),
            .choice(
                "towers", \.towers,
                "What the click and the conversion tower share above the embeddings.",
                effect: "Sharing helps the sparser task, conversions, and can hurt clicks."
            ) { choice in
                switch choice {
                case .separate: "Nothing (ESMM, Ma et al., 2018)."
                case .sharedBottom: "One hidden layer."
                case .mmoe: "Experts that each tower mixes with a gate of its own (Ma et al., 2018)."
                case .ple:
                    "Experts of each tower and shared ones, mixed by a gate per tower (Tang et al., 2020; "
                        + "one layer, CGC)."
                }
            },
            .count(
                "experts", \.experts, 1..., unit: "experts",
                "Experts of `mmoe`; for `ple`, experts of each tower, and as many shared ones.",
                raising: "More ways to share between the tasks; more time."),
            .count(
                "expertWidth", \.expertWidth, 1..., unit: "neurons",
                "Width of a shared bottom or of an expert; without effect for `separate` towers.",
                raising: "More capacity and time; overfits sooner on few impressions."),
            .number(
                "dropout", \.dropout, .from(0, below: 1), unit: "share",
                "Share of a tower's hidden activations that training drops.",
                raising: "Less overfitting, slower learning."),
        ]
    }
}
