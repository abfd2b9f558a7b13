/// Everything a run needs to know, one section per stage. Every setting has a default that works on a laptop.
public struct TaijiConfiguration: Codable, Sendable, Equatable {
    /// The seed of every random draw.
    public var seed = 7
    /// Threads per operation.
    public var threads = 2
    /// Where tensors are computed. FAISS and DuckDB always use the processor.
    public var device = ComputeDevice.cpu
    /// The language model that is trained and that is its own teacher: a GGUF file, a model folder, or a
    /// short name such as `smollm2`.
    public var model = "smollm2"
    /// The chat format: `chatml`, `qwen`, `deepseek-r1` or `llama3`; empty for the one that the model's files
    /// name.
    public var template = ""
    /// The sentence encoder of the semantic reward, of title matching and of the user embeddings: a model
    /// folder, or a short name such as `minilm`.
    public var embedder = "minilm"
    /// Which columns of the logs the rankers read, and how; a field that is not named here is a category.
    /// Fields of an item are `item`, `l1`, `l2`, `l3`, `brand`, `price` and `item.` with the name of an
    /// attribute; of a user, `user` and every attribute; of the moment, `context.` with the name of a column,
    /// `hour`, `weekday`, `popularity`, and what the user did over all history: `item bought`, `l2 bought`,
    /// `l3 bought`, `brand bought`, `days since item`, `days since l2`, `days since l3`, `days since brand`
    /// and `price to usual`.
    public var features = FeatureConfiguration()
    /// Stage 1, §2.1: users, splits, prompts and the teacher's reasoning.
    public var construct = ConstructConfiguration()
    /// Stage 2, §2.2: rejection sampling and fine-tuning.
    public var activate = ActivateConfiguration()
    /// Stage 3, §2.3: policy optimization with two rewards.
    public var collaborate = CollaborateConfiguration()
    /// Stage 4, §2.4: user features made from the model's output, and the rankers that read them.
    public var rank = RankConfiguration()
    /// The service, §2.4: its limits, its store and its near-online worker.
    public var serve = ServeConfiguration()
    /// Evaluation on held-out users, §3.
    public var evaluate = EvaluateConfiguration()
    /// The paper's tables over several seeds.
    public var experiment = ExperimentConfiguration()

    /// The defaults.
    public init() {}
}
