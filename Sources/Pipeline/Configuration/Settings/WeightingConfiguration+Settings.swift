extension WeightingConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<WeightingConfiguration>] {
        startSettings + popoSettings + ruleSettings
    }

    private static var startSettings: [Setting<WeightingConfiguration>] {
        [
            .choice(
                "method", \.method, paper: .at("§2.3.3", value: "popo"),
                "The rule that sets the weights of the rewards.",
                effect: "`popo` costs a backward pass per reward; the other rules add nothing to the update."
            ) { choice in
                switch choice {
                case .fixed: "The initial weights throughout (the paper's GRPO row)."
                case .scheduled: "Linear from the initial to the final weights."
                case .popo: "Eqs. (5) and (6), from gradients."
                case .popoLight: "Eq. (7), from reward statistics."
                }
            },
            .numbers(
                "initialWeights", \.initialWeights, .atLeast(0), unit: "one per reward",
                paper: .at("§3.1.3", value: "[0.5, 0.5]"),
                "w⁽⁰⁾ in the order of `collaborate.rewards`; only their ratio counts. 0 is allowed under "
                    + "`fixed` alone.",
                raising: "A reward with more weight moves the policy more, from the first step on."),
            .numbers(
                "finalWeights", \.finalWeights, .atLeast(0), unit: "one per reward",
                "Weights of the last step under `scheduled`; without effect otherwise.",
                raising: "A reward with more weight moves the policy more towards the end."),
            .count(
                "warmUpSteps", \.warmUpSteps, 0..., unit: "steps",
                "Steps at the initial weights before the rule acts.",
                raising: "The rule starts from a policy that has already moved; fewer steps are left for "
                    + "it."),
        ]
    }

    private static var popoSettings: [Setting<WeightingConfiguration>] {
        [
            .number(
                "weightLearningRate", \.weightLearningRate, .atLeast(0), unit: "", paper: .at("Eq. (5)"),
                "η of Eq. (5).",
                raising: "Weights follow the gradients faster and oscillate more; 0 keeps them fixed."),
            .number(
                "regularization", \.regularization, .above(0), unit: "", paper: .at("Eq. (5)"),
                "μ of Eq. (5); only η / μ counts.",
                raising: "Weights follow the gradients more slowly."),
            .choice(
                "alignmentScale", \.alignmentScale, paper: .at("Eq. (6)", value: "none"),
                "Scale of the indicator I of Eq. (6) before Eq. (5).",
                effect: "`meanNorm` makes η independent of the size of the gradients, which changes with the "
                    + "model and during training."
            ) { choice in
                switch choice {
                case .none: "As printed."
                case .meanNorm: "Divided by the mean gradient norm, as DoGE does (Fan et al., 2024)."
                }
            },
            .flag(
                "includesKL", \.includesKL,
                "Whether L_k of Eq. (6) has the KL term, which makes it the whole GRPO objective of a "
                    + "reward.",
                effect: "true: I also sees the pull of the reference model; false: it compares rewards alone."
            ),
            .text(
                "parameters", \.parameters,
                "Compare the gradients of parameters whose names contain this text alone, such as "
                    + "`layers.29.`; empty for all.",
                effect: "A subset makes Eq. (6) cheaper, because its backward passes stop behind the last of "
                    + "them, and blind to all other parameters. With `recomputesActivations` it saves no "
                    + "time."
            ),
            .count(
                "topLayers", \.topLayers, 0..., unit: "layers",
                "Compare the gradients of this many top layers alone; 0 for all parameters.",
                raising: "Eq. (6) sees more of the model, and its backward passes go through more layers."),
            .count(
                "keptTokens", \.keptTokens, 0..., unit: "tokens",
                "Maximum number of a step's tokens whose forward pass is kept from Eq. (6) for the update; a "
                    + "larger step computes it again.",
                raising:
                    "Spares `popo` a forward pass in larger steps, and keeps their activations in memory: "
                    + "1 MB a token with SmolLM2-135M."),
        ]
    }

    private static var ruleSettings: [Setting<WeightingConfiguration>] {
        [
            .number(
                "stabilizer", \.stabilizer, .atLeast(0), unit: "", paper: .at("Eq. (7)"),
                "ε of Eq. (7).",
                raising: "Rewards with a mean near 0 get less weight under `popo-light`."),
            .flag(
                "scalesRewards", \.scalesRewards,
                "Scale each reward to 0…1 over the step's rollouts before Eq. (7).",
                effect: "true: coefficients of variation compare across rewards of different scale and sign, "
                    + "but depend on the step's extremes."),
            .number(
                "floor", \.floor, .within(0, 1), unit: "weight", paper: .at("Eqs. (5), (7)", value: "0"),
                "Minimum weight under `popo` and `popo-light`; 0 lets a reward die out.",
                raising: "No reward can be forgotten; the rule can shift less weight."),
            .number(
                "ceiling", \.ceiling, .within(0, 1), unit: "weight",
                "Maximum weight under `popo` and `popo-light`.",
                raising: "One reward can dominate more."),
            .number(
                "smoothing", \.smoothing, .from(0, below: 1), unit: "share",
                "Share of the running mean in I (`popo`) or in w (`popo-light`); 0 takes each step's own.",
                raising: "Weights follow noise less and real changes later."),
        ]
    }
}
