extension CollaborateConfiguration {
    /// The settings of Eqs. (8) and (9).
    static var lossSettings: [Setting<CollaborateConfiguration>] {
        [
            .choice(
                "loss", \.loss, paper: .at("Eq. (8)", value: "grpo"),
                "How token terms become a loss.",
                effect: "The forms weight long against short rollouts differently; `gspo` also clips whole "
                    + "rollouts instead of tokens."
            ) { choice in
                switch choice {
                case .grpo: "Mean over a rollout's tokens, then over rollouts: Eq. (8)."
                case .drGRPO:
                    "Sum over tokens divided by `maximumTokens`, without a bias for length (Liu et al., "
                        + "2025)."
                case .dapo: "Mean over all tokens of the step (Yu et al., 2025)."
                case .gspo:
                    "One ratio per rollout, the geometric mean of its tokens' ratios (Zheng et al., 2025)."
                }
            },
            .number(
                "clipLow", \.clipLow, .within(0, 1), unit: "share", paper: .at("Eq. (8)"),
                "ε of Eq. (8) below 1. Without effect if `updateEpochs` is 1.",
                raising: "Larger updates against rollouts that earned little; less protection from stale "
                    + "rollouts."),
            .number(
                "clipHigh", \.clipHigh, .atLeast(0), unit: "share", paper: .at("Eq. (8)"),
                "ε of Eq. (8) above 1. Without effect if `updateEpochs` is 1.",
                raising: "Unlikely tokens that earned much can grow more (Yu et al., 2025, \"clip higher\"); "
                    + "less protection from stale rollouts."),
            .number(
                "klCoefficient", \.klCoefficient, .atLeast(0), unit: "", paper: .at("Eq. (8)"),
                "β of Eq. (8): weight of the KL divergence from the fine-tuned model.",
                raising: "The policy stays closer to the fine-tuned model and gains less reward; 0 saves the "
                    + "reference model's memory and forward pass."),
            .choice(
                "klEstimator", \.klEstimator, paper: .at("Eq. (8)"),
                "Estimator of the KL term of Eq. (8), with r = π_ref / π. Without effect at β = 0.",
                effect: "k3 is never negative and the usual choice; the expected gradient of k2 is that of "
                    + "KL(π ‖ π_ref), that of k1 is zero, so k1 does not hold the policy back."
            ) { choice in
                switch choice {
                case .k1: "−log r."
                case .k2: "½ (log r)²."
                case .k3: "r − 1 − log r."
                }
            },
            .choice(
                "advantageScale", \.advantageScale, paper: .at("Eq. (8)", value: "group"),
                "What centred rewards are divided by.",
                effect: "`group` counts easy and hard prompts alike and amplifies noise where rewards barely "
                    + "differ; `none` leaves the scale of the rewards in the step size."
            ) { choice in
                switch choice {
                case .group: "The standard deviation of their group, as in GRPO."
                case .batch: "The standard deviation of all rewards of the step."
                case .none: "Nothing (Liu et al., 2025)."
                }
            },
            .choice(
                "mixing", \.mixing, paper: .at("Eq. (9)", value: "rewards"),
                "Whether rewards are mixed, or their advantages.",
                effect: "`advantages` brings every reward to the same scale within a group before the "
                    + "weights act, and lets `popo` build the update from gradients that it already has."
            ) { choice in
                switch choice {
                case .rewards: "r̃ = Σ w r, then advantages: Eq. (9)."
                case .advantages:
                    "Advantages of each reward, then Σ w Â (Liu et al., 2026, \"GDPO\", without its "
                        + "normalization over the batch)."
                }
            },
        ]
    }
}
