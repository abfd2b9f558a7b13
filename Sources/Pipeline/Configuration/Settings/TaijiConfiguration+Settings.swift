extension TaijiConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<TaijiConfiguration>] {
        [
            .count(
                "seed", \.seed, 0..., upTo: .max - 1, unit: "",
                "The seed of every random draw.",
                raising: "Draws other users, prompts and initial weights; compare several seeds before "
                    + "believing a difference."),
            .count(
                "threads", \.threads, 1..., unit: "threads",
                "Threads per operation.",
                raising: "Faster up to the number of physical cores; results differ by rounding between "
                    + "thread counts, so steps of one run must share the value."),
            .choice(
                "device", \.device,
                "Where tensors are computed. FAISS and DuckDB always use the processor.",
                effect: "A GPU speeds up the language models; results differ by rounding between devices."
            ) { choice in
                switch choice {
                case .cpu: "The processor."
                case .cuda: "An NVIDIA GPU."
                case .mps: "An Apple GPU."
                }
            },
            .text(
                "model", \.model,
                paper: .at("§3.1.3, with QwQ-32B as teacher", value: "DeepSeek-R1-Distill-Qwen-7B"),
                "The language model that is trained and that is its own teacher: a GGUF file, a model "
                    + "folder, or a short name such as `smollm2`.",
                effect: "A larger model reasons better and costs proportionally more time and memory in "
                    + "every stage."),
            .text(
                "template", \.template,
                "The chat format: `chatml`, `qwen`, `deepseek-r1` or `llama3`; empty for the one that the "
                    + "model's files name.",
                effect: "A format other than the one the model was trained with degrades every answer."),
            .text(
                "embedder", \.embedder, paper: .at("§2.3.1", value: "Qwen3-Embedding-0.6B"),
                "The sentence encoder of the semantic reward, of title matching and of the user embeddings: "
                    + "a model folder, or a short name such as `minilm`.",
                effect: "A better encoder sharpens the semantic reward, title matching and user embeddings "
                    + "together, so results under two encoders do not compare."),
            .section(
                "features", \.features,
                "Which columns of the logs the rankers read, and how; a field that is not named here is a "
                    + "category. Fields of an item are `item`, `l1`, `l2`, `l3`, `brand`, `price` and "
                    + "`item.` with the name of an attribute; of a user, `user` and every attribute; of the "
                    + "moment, `context.` with the name of a column, `hour`, `weekday`, `popularity`, and "
                    + "what the user did over all history: `item bought`, `l2 bought`, `l3 bought`, "
                    + "`brand bought`, `days since item`, `days since l2`, `days since l3`, "
                    + "`days since brand` and `price to usual`."),
            .section(
                "construct", \.construct, "Stage 1, §2.1: users, splits, prompts and the teacher's reasoning."
            ),
            .section("activate", \.activate, "Stage 2, §2.2: rejection sampling and fine-tuning."),
            .section("collaborate", \.collaborate, "Stage 3, §2.3: policy optimization with two rewards."),
            .section(
                "rank", \.rank,
                "Stage 4, §2.4: user features made from the model's output, and the rankers that read them."),
            .section(
                "serve", \.serve, "The service, §2.4: its limits, its store and its near-online worker."),
            .section("evaluate", \.evaluate, "Evaluation on held-out users, §3."),
            .section("experiment", \.experiment, "The paper's tables over several seeds."),
        ]
    }
}
