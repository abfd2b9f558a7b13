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
    /// The chat format of the language model: chatml, qwen, deepseek-r1 or llama3; empty takes the model's own, as its
    /// files say it.
    public var template = ""
    /// The sentence encoder of the semantic reward, of grounding and of the user embeddings.
    public var embedder = "minilm"
    /// What the rankers read of the logs' columns.
    public var features = FeatureConfiguration()
    /// Stage 1, §2.1.
    public var construct = ConstructConfiguration()
    /// The teacher of stage 1, §2.1.2.
    public var teacher = TeacherConfiguration()
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

    /// - Throws: `ConfigurationError.invalid` naming the first setting that is out of range.
    public func validate() throws {
        func require(_ condition: Bool, _ key: String, _ message: String) throws {
            if !condition { throw ConfigurationError.invalid(key: key, message: message) }
        }
        try require(seed >= 0, "seed", "is \(seed); expected 0 or more")
        try require(threads > 0, "threads", "is \(threads); expected at least 1")
        try require(
            teacher.candidates > 0, "teacher.candidates", "is \(teacher.candidates); expected at least 1")
        let percentile = activate.thresholdPercentile
        try require(
            (0...1).contains(percentile), "activate.thresholdPercentile",
            "is \(percentile); expected a number 0…1")
        try require(
            activate.batchSize > 0, "activate.batchSize", "is \(activate.batchSize); expected at least 1")
        try require(
            activate.microBatchTokens > 0, "activate.microBatchTokens",
            "is \(activate.microBatchTokens); expected at least 1")
        try require(
            activate.adapters.rank >= 0, "activate.adapters.rank",
            "is \(activate.adapters.rank); expected 0 (train all weights) or more")
        try collaborate.validate()
        try experiment.validate()
        try features.validate("features")
        try require(
            (1...16).contains(rank.codes.bits), "rank.codes.bits",
            "is \(rank.codes.bits); expected 1…16")
        try require(
            !rank.codes.rotates || rank.codes.quantizer == .product, "rank.codes.rotates",
            "is true; a residual quantizer turns nothing, set it to false")
        try rank.ranker.validate("rank.ranker")
        try require(
            rank.calibration == .none || rank.ranker.validationShare > 0, "rank.calibration",
            "is \(rank.calibration.rawValue), which is learnt from impressions that are kept out; "
                + "set rank.ranker.validationShare, to 0.1 for example")
        try require(
            rank.similarUsers > 0, "rank.similarUsers", "is \(rank.similarUsers); expected at least 1")
        try require(
            construct.auctionVisits >= 0, "construct.auctionVisits",
            "is \(construct.auctionVisits); expected 0 or more")
        try require(
            rank.auction.slots > 0, "rank.auction.slots", "is \(rank.auction.slots); expected at least 1")
        try require(
            rank.auction.loggedSlates > 0, "rank.auction.loggedSlates",
            "is \(rank.auction.loggedSlates); expected at least 1")
        try require(
            rank.auction.bidShare > 0 && rank.auction.bidShare.isFinite, "rank.auction.bidShare",
            "is \(rank.auction.bidShare); expected more than 0")
        try require(
            evaluate.replicates > 0, "evaluate.replicates", "is \(evaluate.replicates); expected at least 1")
    }
}
