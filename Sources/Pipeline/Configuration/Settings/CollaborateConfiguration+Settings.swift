extension CollaborateConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<CollaborateConfiguration>] {
        [
            .count(
                "steps", \.steps, 1..., unit: "steps",
                "Rollout batches; each is followed by `updateEpochs` optimizer steps.",
                raising: "More optimization, proportionally longer; rewards can rise while answers get "
                    + "worse, so watch `validation`."),
            .count(
                "promptsPerStep", \.promptsPerStep, 1..., unit: "prompts",
                "Prompts a step.",
                raising: "Smoother gradients; each step takes proportionally longer."),
            .count(
                "groupSize", \.groupSize, 2..., unit: "rollouts per prompt",
                "G of Eq. (8): rollouts a prompt (§3.1.3: 4).",
                raising: "Better estimates of advantages and fewer groups without signal; rollouts and "
                    + "gradients take proportionally longer."),
            .count(
                "maximumTokens", \.maximumTokens, 1..., unit: "tokens",
                "Most tokens of a rollout.",
                raising: "Fewer rollouts are cut off; each step takes longer."),
            .number(
                "temperature", \.temperature, .above(0), unit: "temperature",
                "Randomness of the rollouts, and the temperature at which the loss takes log- "
                    + "probabilities.",
                raising: "Rollouts differ more; too high, they make no sense and earn nothing."),
            .number(
                "topP", \.topP, .above(0, upTo: 1), unit: "share",
                "Likeliest share of tokens that rollouts are drawn from.",
                raising: "Below 1, unlikely tokens are never tried, while the loss still uses the whole "
                    + "distribution."),
            .number(
                "learningRate", \.learningRate, .above(0), unit: "per step",
                "Peak learning rate (§3.1.3: 2e-5).",
                raising: "Rewards move faster, and the policy drifts from the fine-tuned model faster."),
            .number(
                "warmUpShare", \.warmUpShare, .within(0, 1), unit: "share",
                "Share of the steps that warm up.",
                raising: "A gentler start and less time at the peak rate."),
            .choice(
                "loss", \.loss,
                "How token terms become a loss.",
                effect: "The forms differ in how much long rollouts count."
            ) { choice in
                switch choice {
                case .grpo: "Mean over a rollout's tokens, then over rollouts: Eq. (8)."
                case .drGRPO:
                    "Sum over tokens by the most tokens that a rollout may have: no favour for "
                        + "long rollouts (Liu et al., 2025)."
                case .dapo: "Mean over all tokens of the step (Yu et al., 2025)."
                case .gspo: "One ratio a rollout, the geometric mean of its tokens' (Zheng et al., 2025)."
                }
            },
            .number(
                "clipLow", \.clipLow, .within(0, 1), unit: "share",
                "ε of Eq. (8) below 1.",
                raising: "Larger updates against unlikely rollouts. Without effect at `updateEpochs` 1."),
            .number(
                "clipHigh", \.clipHigh, .atLeast(0), unit: "share",
                "ε of Eq. (8) above 1; larger than `clipLow` lets unlikely tokens grow (Yu et "
                    + "al., 2025, \"clip higher\").",
                raising: "Larger updates for unlikely tokens that earned much. Without effect at "
                    + "`updateEpochs` 1."),
            .number(
                "klCoefficient", \.klCoefficient, .atLeast(0), unit: "",
                "β of Eq. (8); 0 holds no reference model.",
                raising: "The policy stays closer to the fine-tuned model and learns more slowly; 0 saves "
                    + "the reference model's memory."),
            .choice(
                "klEstimator", \.klEstimator,
                "Estimator of the KL term of Eq. (8).",
                effect: "k1 is unbiased and noisy, k2 biased and smooth, k3 unbiased, never negative and "
                    + "the usual choice."
            ) { choice in
                switch choice {
                case .k1: "−log r."
                case .k2: "½ (log r)²."
                case .k3: "r − 1 − log r."
                }
            },
            .count(
                "updateEpochs", \.updateEpochs, 1..., unit: "passes",
                "Optimizer steps on the same rollouts; from the second on, ρ of Eq. (8) leaves 1.",
                raising: "More updates from the same rollouts, which grow stale; clipping starts to act."),
            .choice(
                "advantageScale", \.advantageScale,
                "What advantages are divided by.",
                effect: "Scaling by the group makes easy and hard prompts count alike, and amplifies "
                    + "noise where rewards barely differ."
            ) { choice in
                switch choice {
                case .group: "The standard deviation of their group, as in GRPO."
                case .batch: "The standard deviation of all the step's rewards."
                case .none: "Nothing (Liu et al., 2025)."
                }
            },
            .choice(
                "mixing", \.mixing,
                "Whether rewards are mixed first, or their advantages.",
                effect: "Mixing advantages gives every reward the same scale within a group before the "
                    + "weights act."
            ) { choice in
                switch choice {
                case .rewards: "r̃ = Σ w r, then advantages: Eq. (9)."
                case .advantages:
                    "Advantages of each reward, then Σ w Â (Liu et al., 2026, \"GDPO\", without its "
                        + "normalization over the batch)."
                }
            },
            .flag(
                "masksTruncated", \.masksTruncated,
                "Leave rollouts that reached the most tokens out of the loss; their rewards still "
                    + "count in their group.",
                effect: "true: a rollout without an end is neither punished nor learnt from."),
            .count(
                "resampleRounds", \.resampleRounds, 0..., unit: "rounds",
                "Times that prompts whose rollouts all earned the same are replaced by the next "
                    + "ones; 0 keeps them, without signal.",
                raising: "Fewer groups without signal, for more rollouts per step."),
            .count(
                "microBatchTokens", \.microBatchTokens, 1..., unit: "tokens",
                "Most tokens that are computed together; a group is never divided. Bounds memory.",
                raising: "Faster up to the processor's caches; memory grows proportionally."),
            .flag(
                "recomputesActivations", \.recomputesActivations,
                "Compute each layer once more in the backward pass instead of keeping what it "
                    + "made: less memory, a third more time.",
                effect: "true: less memory, a third more time."),
            .choice(
                "productType", \.productType,
                "The element type of matrix products. bfloat16 keeps float32 weights and sums.",
                effect: "bfloat16 is faster where the device multiplies it, and rounds more."
            ) { choice in
                switch choice {
                case .float32: "24 bits of precision."
                case .bfloat16: "8 bits of precision, for devices that multiply it faster."
                }
            },
            .section(
                "adapters", \.adapters,
                "What is trained: all weights, or low-rank adapters, which are merged into the "
                    + "checkpoint."),
            .count(
                "checkpointInterval", \.checkpointInterval, 1..., unit: "steps",
                "Steps between checkpoints.",
                raising: "Less writing; more work is done again after a kill."),
            .choices(
                "rewards", \.rewards,
                "𝒦: what is rewarded, at least two; `weighting.initialWeights` has the same order.",
                effect: "A third reward lets gradients conflict (Eq. 6); each one costs a backward pass "
                    + "under `popo`."
            ) { choice in
                switch choice {
                case .semantic: "rₛ, closeness of the answer's meaning to the true item's. Eq. (3)."
                case .collaborative: "r_id, the ranking model's CTCVR of the answered item. Eq. (4)."
                case .format: "Whether the completion has the form that was asked for."
                case .length: "How short an answered completion is."
                }
            },
            .number(
                "groundingThreshold", \.groundingThreshold, .within(-1, 1), unit: "cosine",
                "Least cosine of an answered title and its nearest catalogue title; an answer "
                    + "below it is off the catalogue and earns no collaborative reward.",
                raising: "More answers count as off the catalogue and earn no collaborative reward."),
            .section("weighting", \.weighting, "How the rewards are weighed."),
            .section("validation", \.validation, "Metrics on prompts that are not trained on."),
            .section("rewardRanker", \.rewardRanker, "The ranker that pays the collaborative reward."),
        ]
    }
}
