extension WeightingConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<WeightingConfiguration>] {
        [
            .choice(
                "method", \.method,
                "The rule.",
                effect: "popo costs a backward pass per reward, popo-light nothing."
            ) { choice in
                switch choice {
                case .fixed: "The initial weights throughout (the paper's GRPO row)."
                case .scheduled: "From the initial to the final weights in equal parts."
                case .popo: "Eqs. (5) and (6), from gradients."
                case .popoLight: "Eq. (7), from reward statistics."
                }
            },
            .numbers(
                "initialWeights", \.initialWeights, .atLeast(0), unit: "one per reward",
                "w⁽⁰⁾, one a reward in the order of `collaborate.rewards` (§3.1.3: 0.5 and 0.5).",
                raising: "A reward with more weight moves the policy more."),
            .numbers(
                "finalWeights", \.finalWeights, .atLeast(0), unit: "one per reward",
                "The last step's weights under `scheduled`.",
                raising: "Read only by `scheduled`."),
            .number(
                "weightLearningRate", \.weightLearningRate, .atLeast(0), unit: "",
                "η of Eq. (5).",
                raising: "Weights follow the gradients faster and oscillate more."),
            .number(
                "regularization", \.regularization, .above(0), unit: "",
                "μ of Eq. (5).",
                raising: "Weights follow the gradients more slowly."),
            .choice(
                "alignmentScale", \.alignmentScale,
                "Scale of I.",
                effect: "meanNorm makes the rule independent of the gradients' size."
            ) { choice in
                switch choice {
                case .none: "As printed."
                case .meanNorm: "Divided by the mean gradient norm, as DoGE does (Fan et al., 2024)."
                }
            },
            .flag(
                "includesKL", \.includesKL,
                "Whether L_k of Eq. (6) has the KL term. With it, L_k is \"the GRPO objective "
                    + "induced by r_k\" to the letter, and one backward pass a reward makes both Eq. (6) "
                    + "and, under linear mixing, the update; without it, I compares rewards alone.",
                effect: "true: one backward pass per reward makes both Eq. (6) and, under linear mixing, "
                    + "the update."),
            .text(
                "parameters", \.parameters,
                "Text that the names of the parameters of Eq. (6) contain, such as `layers.29.`; "
                    + "empty for all.",
                effect: "A part of the parameters makes Eq. (6) cheaper and blind to the others."),
            .number(
                "floor", \.floor, .within(0, 1), unit: "weight",
                "Smallest weight; 0 lets a reward die out.",
                raising: "No reward can be forgotten; conflicts are resolved less sharply."),
            .number(
                "ceiling", \.ceiling, .within(0, 1), unit: "weight",
                "Largest weight.",
                raising: "One reward can dominate more."),
            .count(
                "warmUpSteps", \.warmUpSteps, 0..., unit: "steps",
                "Steps at the initial weights before the rule acts.",
                raising: "The initial weights hold longer."),
            .number(
                "smoothing", \.smoothing, .from(0, below: 1), unit: "share",
                "Share of the running mean in I (popo) or in w (popo-light); 0 takes each step's own.",
                raising: "Weights change more slowly and follow noise less."),
            .number(
                "stabilizer", \.stabilizer, .atLeast(0), unit: "",
                "ε of Eq. (7).",
                raising: "Rewards with a mean near 0 get less weight from `popo-light`."),
            .flag(
                "scalesRewards", \.scalesRewards,
                "Scale each reward to 0…1 before Eq. (7), so that their variations compare.",
                effect: "true: variations of rewards on different scales compare."),
        ]
    }
}
