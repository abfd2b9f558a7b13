extension ActivateConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<ActivateConfiguration>] {
        [
            .number(
                "thresholdPercentile", \.thresholdPercentile, .above(0, upTo: 1), unit: "share",
                paper: .at("§2.2.1; R = 4.6 in §3.1.1", value: "0.5"),
                "The threshold R, as a quantile of all perplexities: reasoning below it is kept; 0.5 is the "
                    + "median.",
                raising: "More reasoning is kept, including more that does not lead to the true answer."),
            .flag(
                "excludesLeaks", \.excludesLeaks,
                "Drop chains of thought that reveal that the answer was given.",
                effect: "false: keeps more reasoning, some of which only refers to an answer that the model "
                    + "will not see."),
            .number(
                "paraphraseThreshold", \.paraphraseThreshold, .within(0, 1), unit: "cosine",
                "Minimum cosine at which a sentence before the conclusion counts as the true title in other "
                    + "words; 1 finds none.",
                raising: "Fewer chains of thought are taken for leaks; some that are stay in."),
            .flag(
                "excludesRestatements", \.excludesRestatements,
                "Drop chains of thought whose gain over their own words of the answer is below "
                    + "`minimumGain`: they only restate it.",
                effect: "true: every chain of thought is scored a second time, and what is kept reasons; "
                    + "less is kept."),
            .number(
                "minimumGain", \.minimumGain, .atLeast(0), unit: "nats",
                "The least by which the whole chain of thought raises the log-likelihood of the true answer "
                    + "over those of its words that the answer has.",
                raising: "Without effect unless `excludesRestatements`; then less is kept."),
            .count(
                "epochs", \.epochs, 1..., unit: "passes", paper: .at("§3.1.3", value: "1"),
                "Passes over the refined samples.",
                raising: "Training loss falls further; with few samples the held-out loss soon rises. Time "
                    + "grows proportionally."),
            .count(
                "batchSize", \.batchSize, 1..., unit: "prompts",
                paper: .at("§3.1.3, 32 per GPU on 24 GPUs", value: "768"),
                "N of Eq. (2): prompts per optimizer step, each with its kept reasoning.",
                raising: "Smoother gradients and fewer steps per epoch; usually needs a higher learning rate."
            ),
            .number(
                "learningRate", \.learningRate, .above(0), unit: "",
                paper: .at("§3.1.3", value: "1.0e-7"),
                "Peak learning rate. The paper's needs far more steps than a laptop can do.",
                raising: "Learns faster and forgets faster; too high, training diverges."),
            .number(
                "warmUpShare", \.warmUpShare, .within(0, 1), unit: "share",
                "Share of the steps over which the learning rate rises to its peak.",
                raising: "A gentler start, and less training near the peak rate."),
            .count(
                "checkpointInterval", \.checkpointInterval, 1..., unit: "steps",
                "Steps between checkpoints.",
                raising: "Less writing; a killed run repeats more steps."),
            .count(
                "validationSamples", \.validationSamples, 0..., unit: "prompts",
                "Prompts held out of training to measure the loss, at most a quarter of all.",
                raising: "A steadier held-out loss; fewer prompts to train on."),
            .count(
                "microBatchTokens", \.microBatchTokens, 1..., unit: "tokens",
                "Maximum number of tokens computed at once; larger batches are accumulated in parts. A "
                    + "single prompt with its samples may exceed it.",
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
            .section(
                "endpoint", \.endpoint,
                "A server that computes Eq. (1) in place of the local engine, with the model that is "
                    + "fine-tuned."),
            .section(
                "adapters", \.adapters,
                "Train low-rank adapters in place of all weights; they are merged into the checkpoint."),
        ]
    }
}
