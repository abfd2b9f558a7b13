extension NetworkConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<NetworkConfiguration>] {
        [
            .count(
                "embeddingWidth", \.embeddingWidth, 1..., unit: "numbers",
                "E, width of one embedding.",
                raising: "More capacity and memory; rare values overfit sooner."),
            .counts(
                "towerWidths", \.towerWidths, 1..., unit: "neurons per layer", allowsNone: true,
                "Widths of a tower's hidden layers.",
                raising: "More capacity and time; an empty list makes the towers linear."),
            .count(
                "minimumCount", \.minimumCount, 1..., unit: "impressions",
                "A value that training saw less often shares its field's unknown row.",
                raising: "Rare values share one row: less memory and overfitting, less detail."),
            .choice(
                "pooling", \.pooling,
                "How behaviour sequences are pooled.",
                effect: "Attention reads what fits the candidate; the mean is fastest."
            ) { choice in
                switch choice {
                case .mean: "The mean of its behaviours."
                case .attention: "Scaled dot-product attention of the candidate."
                case .din:
                    "DIN's activation unit (Zhou et al., 2018): a small network weighs each "
                        + "behaviour for the candidate."
                case .transformer:
                    "One block of self-attention over the behaviours (BST, Chen et al., 2019), "
                        + "then attention of the candidate."
                }
            },
            .count(
                "attentionWidth", \.attentionWidth, 1..., unit: "neurons",
                "Hidden width of DIN's activation unit.",
                raising: "More capacity of DIN's unit, more time per behaviour."),
            .count(
                "crossLayers", \.crossLayers, 0..., unit: "layers",
                "Cross layers (DCN v2, Wang et al., 2021) before the towers; 0 for none.",
                raising: "Higher-order feature crosses, more time."),
            .choice(
                "towers", \.towers,
                "What the towers share.",
                effect: "Shared layers help the sparser task and can hurt the other."
            ) { choice in
                switch choice {
                case .separate: "Nothing (ESMM, Ma et al., 2018)."
                case .sharedBottom: "One hidden layer."
                case .mmoe: "Experts that each tower mixes with its own gate (Ma et al., 2018, MMoE)."
                case .ple:
                    "Experts of each tower and shared ones, mixed by its own gate (Tang et al., "
                        + "2020: PLE with one layer, CGC)."
                }
            },
            .count(
                "experts", \.experts, 1..., unit: "experts",
                "Experts of `mmoe`; of `ple`, those of each tower, and as many shared ones.",
                raising: "More ways to share between the tasks, more time."),
            .count(
                "expertWidth", \.expertWidth, 1..., unit: "neurons",
                "Width of a shared bottom or of an expert.",
                raising: "More capacity per expert, more time."),
            .number(
                "dropout", \.dropout, .from(0, below: 1), unit: "share",
                "Share of a tower's hidden numbers that training drops.",
                raising: "Less overfitting, slower learning."),
        ]
    }
}
