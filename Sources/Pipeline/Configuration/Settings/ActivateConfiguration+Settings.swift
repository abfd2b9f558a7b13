extension ActivateConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<ActivateConfiguration>] {
        [
            .number(
                "thresholdPercentile", \.thresholdPercentile, .within(0, 1), unit: "share",
                "R of §2.2.1 as a share of the perplexities' distribution; 0.5 is the median.",
                raising: "More reasoning is kept, of which more does not lead to the true answer."),
            .flag(
                "excludesLeaks", \.excludesLeaks,
                "Drop chains of thought that say they were told the answer.",
                effect: "false: reasoning that says it was told the answer is learnt too."),
            .count(
                "epochs", \.epochs, 1..., unit: "passes",
                "Passes over the refined samples (§3.1.3: 1).",
                raising: "The training loss falls further; with few samples the held-out loss soon rises."),
            .count(
                "batchSize", \.batchSize, 1..., unit: "prompts",
                "N of Eq. (2): samples an optimizer step.",
                raising: "Smoother gradients and fewer steps per epoch; usually wants a higher learning rate."
            ),
            .number(
                "learningRate", \.learningRate, .above(0), unit: "per step",
                "Peak learning rate. The paper's 1e-7 (§3.1.3) needs far more steps than a laptop "
                    + "has.",
                raising: "Learns faster, forgets what the model knew faster, and diverges when too high."),
            .number(
                "warmUpShare", \.warmUpShare, .within(0, 1), unit: "share",
                "Share of the steps that warm up.",
                raising: "A gentler start and less time at the peak rate."),
            .count(
                "checkpointInterval", \.checkpointInterval, 1..., unit: "steps",
                "Steps between checkpoints.",
                raising: "Less writing; more work is done again after a kill."),
            .count(
                "validationSamples", \.validationSamples, 0..., unit: "prompts",
                "Samples that are kept out of training to watch the loss.",
                raising: "A steadier held-out loss and fewer prompts to train on; at most a quarter of the "
                    + "prompts is held out."),
            .count(
                "microBatchTokens", \.microBatchTokens, 1..., unit: "tokens",
                "Most tokens that are computed together; a larger batch is accumulated in parts "
                    + "of this size. Bounds memory, and changes the sum of gradients by rounding alone. "
                    + "A single prompt with its samples may be longer. On a processor, 512 rows fill "
                    + "matrix products and still lie in its caches.",
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
        ]
    }
}
