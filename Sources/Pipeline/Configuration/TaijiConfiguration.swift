/// Everything a run needs to know, one section a stage. Every setting has a default that works on a laptop.
public struct TaijiConfiguration: Codable, Sendable, Equatable {
    /// The seed of everything that is drawn.
    public var seed = 7
    /// Threads of one operation. Part of what makes a run reproducible.
    public var threads = 2
    /// Where tensors are made and computed. FAISS and DuckDB stay on the processor.
    public var device = ComputeDevice.cpu
    /// The language model that is trained, and that is its own teacher: a GGUF file, a model folder or a
    /// short name.
    public var model = "smollm2"
    /// The chat format of the language model: chatml, qwen, deepseek-r1 or llama3; empty takes the model's
    /// own, as its files say it.
    public var template = ""
    /// The sentence encoder of the semantic reward, of grounding and of the user embeddings.
    public var embedder = "minilm"
    /// What the rankers read of the logs' columns.
    public var features = FeatureConfiguration()
    /// Stage 1, §2.1.
    public var construct = ConstructConfiguration()
    /// Stage 2, §2.2.
    public var activate = ActivateConfiguration()
    /// Stage 3, §2.3.
    public var collaborate = CollaborateConfiguration()
    /// Stage 4, §2.4.
    public var rank = RankConfiguration()
    /// Evaluation, §3.
    public var evaluate = EvaluateConfiguration()
    /// The paper's tables.
    public var experiment = ExperimentConfiguration()

    /// The defaults.
    public init() {}
}
