extension CollaborateConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<CollaborateConfiguration>] {
        rolloutSettings + lossSettings + computationSettings + rewardSettings
    }

    private static var rolloutSettings: [Setting<CollaborateConfiguration>] {
        [
            .count(
                "steps", \.steps, 1..., unit: "steps",
                paper: .at("§3.1.3, one epoch of 100,000 prompts", value: "260"),
                "Batches of rollouts; each is followed by `updateEpochs` optimizer steps.",
                raising: "More optimization, proportionally longer; rewards can rise while answers get "
                    + "worse, so watch `validation`."),
            .count(
                "promptsPerStep", \.promptsPerStep, 1..., unit: "prompts",
                paper: .at("§3.1.3, 16 per GPU on 24 GPUs", value: "384"),
                "Prompts per step.",
                raising: "Smoother gradients; each step takes proportionally longer."),
            .count(
                "groupSize", \.groupSize, 2..., unit: "rollouts per prompt", paper: .at("§3.1.3", value: "4"),
                "G of Eq. (8): rollouts per prompt.",
                raising: "Better estimates of advantages and fewer groups without signal; rollouts and "
                    + "gradients take proportionally longer."),
            .count(
                "maximumTokens", \.maximumTokens, 1..., unit: "tokens", paper: .at("§3.1.3", value: "2048"),
                "Maximum length of a rollout.",
                raising: "Fewer rollouts are truncated; each step takes longer and needs more memory."),
            .number(
                "temperature", \.temperature, .above(0), unit: "",
                "Sampling temperature of the rollouts, and of the log-probabilities in the loss.",
                raising: "More exploration; too high, rollouts lose their form and earn nothing."),
            .number(
                "topP", \.topP, .above(0, upTo: 1), unit: "share",
                "Nucleus sampling: the most likely tokens with this total probability are drawn from.",
                raising: "More exploration; below 1, rollouts no longer come from the distribution that the "
                    + "loss assumes."),
            .number(
                "learningRate", \.learningRate, .above(0), unit: "",
                paper: .at("§3.1.3", value: "2.0e-5"),
                "Peak learning rate.",
                raising: "Rewards move faster, and the policy drifts faster from the fine-tuned model; too "
                    + "high, answers collapse."),
            .number(
                "warmUpShare", \.warmUpShare, .within(0, 1), unit: "share",
                "Share of the steps over which the learning rate rises to its peak.",
                raising: "A gentler start, and less training near the peak rate."),
            .count(
                "updateEpochs", \.updateEpochs, 1..., unit: "passes",
                "Optimizer steps on the same rollouts; from the second on, ρ of Eq. (8) departs from 1.",
                raising: "More learning per rollout, from rollouts that grow stale; clipping starts to act."),
            .flag(
                "masksTruncated", \.masksTruncated,
                "Leave truncated rollouts out of the loss; their rewards still count in their group.",
                effect: "true: an unfinished rollout is neither reinforced nor discouraged, so nothing "
                    + "teaches the model to finish."),
            .count(
                "resampleRounds", \.resampleRounds, 0..., unit: "rounds",
                "How often prompts whose rollouts all earned the same are replaced by the next prompts; 0 "
                    + "keeps them, although they carry no signal.",
                raising: "Fewer groups without signal, at the price of up to that many more rollouts per "
                    + "step."
            ),
        ]
    }

    private static var computationSettings: [Setting<CollaborateConfiguration>] {
        [
            .count(
                "microBatchTokens", \.microBatchTokens, 1..., unit: "tokens",
                "Maximum number of tokens computed at once. A group is never divided and may exceed it.",
                raising:
                    "Faster, since weights are packed and gradients added up less often (by 7 % from 512 to "
                    + "2,048 on a Xeon); memory of activations grows proportionally, gradients change by "
                    + "rounding alone."),
            .flag(
                "recomputesActivations", \.recomputesActivations,
                "Recompute each layer in the backward pass instead of keeping its activations.",
                effect: "true: less memory for about a third more time, with the same results."),
            .choice(
                "productType", \.productType,
                "Element type of matrix products; weights, gradients and sums stay float32.",
                effect: "bfloat16 is faster on devices that multiply it natively, and less precise."
            ) { choice in
                switch choice {
                case .float32: "24 bits of precision."
                case .bfloat16: "8 bits of precision."
                }
            },
            .choice(
                "rolloutWeights", \.rolloutWeights,
                "What the weights are rounded to while rollouts are drawn; training keeps its own.",
                effect: "int8 draws faster and takes a quarter of the memory traffic. Its rollouts are not "
                    + "quite the policy's own: each token's loss is weighted by min(π / μ, `importanceCap`), "
                    + "and metrics.jsonl says how far the two differ. On a processor only."
            ) { choice in
                choice.summary
            },
            .number(
                "importanceCap", \.importanceCap, .atLeast(1), unit: "",
                "Maximum importance weight of a token that other weights drew than those that are trained "
                    + "(truncated importance sampling). Without effect with `rolloutWeights` of float32.",
                raising: "Less bias from tokens that the policy likes better than the weights that drew "
                    + "them, and more variance."),
            .count(
                "checkpointInterval", \.checkpointInterval, 1..., unit: "steps",
                "Steps between checkpoints.",
                raising: "Less writing; a killed run repeats more steps."),
        ]
    }

    private static var rewardSettings: [Setting<CollaborateConfiguration>] {
        [
            .choices(
                "rewards", \.rewards, paper: .at("§2.3.3", value: "[semantic, collaborative]"),
                "𝒦: the rewards, two or more; `weighting.initialWeights` has the same order.",
                effect: "With two rewards, Eq. (6) only compares gradient norms; a third lets gradients "
                    + "conflict. Under `popo` each reward costs a backward pass."
            ) { choice in
                switch choice {
                case .semantic: "rₛ, the cosine between the answer and the true item. Eq. (3)."
                case .collaborative: "r_id, the reward ranker's CTCVR for the answered item. Eq. (4)."
                case .format: "Whether the completion has the requested form."
                case .length: "How short a completion with an answer is."
                case .reasoning:
                    "What the chain of thought adds to the true answer's log-likelihood, Eq. (1) with and "
                        + "without it."
                }
            },
            .choice(
                "rewardScale", \.rewardScale, paper: .at("§2.3.2", value: "minMax"),
                "How the collaborative reward is brought to 0…1 within a sample.",
                effect:
                    "Simulated scores have a heavy tail: `minMax` leaves most titles near 0, `rank` spreads "
                    + "them evenly, `log` lies between. All three pay for naming what everybody buys; `lift` "
                    + "pays for what this user buys more than others."
            ) { choice in
                switch choice {
                case .minMax: "By the least and the largest simulated score, §2.3.2."
                case .rank: "By the place among the simulated scores."
                case .log: "By the least and the largest logarithm."
                case .lift:
                    "By the logarithm of a score's ratio to the title's mean over all samples: what this "
                        + "user adds to what everybody buys."
                }
            },
            .choice(
                "missingAnswer", \.missingAnswer,
                "What a rollout without an answer earns.",
                effect: "`least` makes an answer in any form most of a group's variance; `worst` leaves the "
                    + "variance to what is answered."
            ) { choice in
                switch choice {
                case .least: "The least that each reward can be."
                case .worst:
                    "What the worst answer of its group earned; the least where the group has no answer."
                }
            },
            .flag(
                "requiresForm", \.requiresForm,
                "Treat a rollout that is cut off, or does not close its tags, as one without an answer.",
                effect: "false: any text after `<answer>` is paid as far as it can be read, and the policy "
                    + "may forget to close tags and to end."),
            .number(
                "groundingThreshold", \.groundingThreshold, .within(-1, 1), unit: "cosine",
                "Minimum cosine between an answered title and its nearest catalogue title; below it, the "
                    + "answer is off the catalogue and earns no collaborative reward.",
                raising: "Vague titles earn nothing, but more real ones are rejected too."),
            .section(
                "adapters", \.adapters,
                "Train low-rank adapters in place of all weights; they are merged into the checkpoint."),
            .section("weighting", \.weighting, "How the rewards are weighted, §2.3.3."),
            .section("validation", \.validation, "Metrics on held-out prompts during policy optimization."),
            .section(
                "rewardRanker", \.rewardRanker,
                "The ranker that pays the collaborative reward; the validation ranker is trained alike."),
        ]
    }
}

extension GenerationWeights {
    /// What a choice does to text that is not trained on, for the reference.
    static let effect =
        "int8 draws two to three times as fast where the processor multiplies 8-bit numbers natively (VNNI). "
        + "Its text is not quite float32's. On a processor only."

    /// What the choice means, for the reference.
    var summary: String {
        switch self {
        case .float32: "Nothing: the model's own weights."
        case .int8:
            "8 bits with a scale per output, and activations to 8 bits with a scale per row; sums are exact."
        }
    }
}
