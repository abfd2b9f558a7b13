extension TaijiConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<TaijiConfiguration>] {
        [
            .count(
                "seed", \.seed, 0..., unit: "",
                "The seed of everything that is drawn.",
                raising: "Another seed draws other users, prompts and weights; compare several before "
                    + "believing a difference."),
            .count(
                "threads", \.threads, 1..., unit: "threads",
                "Threads of one operation. Part of what makes a run reproducible.",
                raising: "Faster up to the processor's cores. Results differ by rounding between thread "
                    + "counts, so it is fixed when a run begins."),
            .choice(
                "device", \.device,
                "Where tensors are made and computed. FAISS and DuckDB stay on the processor.",
                effect: "A GPU computes the language models faster; FAISS, DuckDB and the rankers stay on "
                    + "the processor."
            ) { choice in
                switch choice {
                case .cpu: "The processor."
                case .cuda: "An NVIDIA GPU."
                case .mps: "An Apple GPU."
                }
            },
            .text(
                "model", \.model,
                "The language model that is trained, and that is its own teacher: a GGUF file, a "
                    + "model folder or a short name.",
                effect: "A larger model reasons better and costs proportionally more time and memory in "
                    + "every stage."),
            .text(
                "template", \.template,
                "The chat format of the language model: chatml, qwen, deepseek-r1 or llama3; "
                    + "empty takes the model's own, as its files say it.",
                effect: "A wrong chat format lowers the quality of every answer; leave it empty unless "
                    + "the model's files do not say theirs."),
            .text(
                "embedder", \.embedder,
                "The sentence encoder of the semantic reward, of grounding and of the user "
                    + "embeddings.",
                effect: "Another encoder changes the semantic reward, grounding and user embeddings together."
            ),
            .section("features", \.features, "What the rankers read of the logs' columns."),
            .section("construct", \.construct, "Stage 1, §2.1."),
            .section("activate", \.activate, "Stage 2, §2.2."),
            .section("collaborate", \.collaborate, "Stage 3, §2.3."),
            .section("rank", \.rank, "Stage 4, §2.4."),
            .section("evaluate", \.evaluate, "Evaluation, §3."),
            .section("experiment", \.experiment, "The paper's tables."),
        ]
    }
}
