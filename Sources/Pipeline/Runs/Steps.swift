/// Every step of a run, each declared once.
///
/// `wanted` are the steps that a whole run is for; all others are found because something wanted reads them.
public enum Steps {
    // MARK: 1 construct

    /// Users, items, behaviours, impressions, splits and prompts, §2.1.1.
    public static let tables = Step<ConstructedTables>(
        .construct, "tables", settings: ["construct", "seed"],
        without: [
            "construct.teacher", "construct.queryMemory", "construct.source.folder",
            "construct.source.script",
        ],
        reading: [.logs, .model])

    /// The catalogue's titles as vectors.
    public static let titles = Step<TitleVectors>(
        .construct, "titles", from: [tables], settings: ["threads"], reading: [.embedder])

    /// The reasoning of a teacher that is shown the true next purchase, §2.1.2.
    public static let teacher = Step<TeacherReasoning>(
        .construct, "teacher", from: [tables], settings: ["construct.teacher", "seed"] + engine,
        without: server("construct.teacher.endpoint"), reading: [.model])

    /// Prompts of every user at the moments of `rank.snapshots`, for stage 4.
    public static let snapshotPrompts = Step<SnapshotPrompts>(
        .construct, "snapshots", from: [tables],
        settings: ["rank.snapshots", "construct.prompt", "construct.historyLength"], reading: [.model],
        isNeeded: { $0.rank.snapshots > 1 })

    // MARK: 2 activate

    /// Perplexities of the true answer, the threshold R, and the reasoning below it, §2.2.1.
    public static let refinement = Step<Refinement>(
        .activate, "refinement", from: [tables, teacher],
        settings: [
            "activate.thresholdPercentile", "activate.excludesLeaks", "activate.paraphraseThreshold",
            "activate.excludesRestatements", "activate.minimumGain", "activate.microBatchTokens",
            "activate.endpoint",
        ] + engine, without: server("activate.endpoint"), reading: [.model, .embedder])

    /// The fine-tuned model, §2.2.2.
    public static let tuned = Step<TunedModel>(
        .activate, "checkpoint", from: [tables, refinement], settings: ["activate", "seed"] + engine,
        without: [
            "activate.paraphraseThreshold", "activate.excludesRestatements", "activate.minimumGain",
            "activate.endpoint",
        ],
        reading: [.model])

    // MARK: 3 collaborate

    /// The ranker that pays the collaborative reward. It never measures.
    public static let rewardRanker = Step<RankerFolder>(
        .collaborate, "reward-ranker", from: [tables],
        settings: ["collaborate.rewardRanker", "features", "seed", "threads"])

    /// Its scores as a simulation environment, §2.3.2.
    public static let simulation = Step<SimulatedScores>(
        .collaborate, "simulation", from: [tables, titles, rewardRanker], settings: ["threads"])

    /// The ranker that watches policy optimization on held-out prompts. It pays no reward.
    public static let validationRanker = Step<RankerFolder>(
        .collaborate, "validation-ranker", from: [tables],
        settings: ["collaborate.rewardRanker", "features", "seed", "threads"],
        isNeeded: { $0.collaborate.validation.samples > 0 })

    /// The aligned model, §2.3.3.
    public static let aligned = Step<AlignedModel>(
        .collaborate, "checkpoint", from: [tables, titles, tuned, simulation, validationRanker],
        settings: ["collaborate", "seed"] + engine,
        without: ["collaborate.rewardRanker", "collaborate.validation.bestOf"],
        reading: [.embedder])

    /// What choosing among rollouts of the fine-tuned model would earn on held-out prompts.
    public static let bestOfN = Step<BestOfNFiles>(
        .collaborate, "best-of-n", from: [tables, titles, tuned, simulation, validationRanker],
        settings: [
            "collaborate.maximumTokens", "collaborate.temperature", "collaborate.topP", "collaborate.rewards",
            "collaborate.rewardScale", "collaborate.missingAnswer", "collaborate.requiresForm",
            "collaborate.groundingThreshold", "collaborate.microBatchTokens",
            "collaborate.validation.samples", "collaborate.validation.bestOf", "seed",
        ] + engine, reading: [.embedder],
        isNeeded: { $0.collaborate.validation.bestOf > 0 && $0.collaborate.validation.samples > 0 })

    // MARK: 4 rank

    /// The aligned model's reasoning and answer for every user.
    public static let reasoning = Step<ModelAnswers>(
        .rank, "reasoning", from: [tables, snapshotPrompts, aligned],
        settings: inference + ["rank.endpoint"], without: server("rank.endpoint"))

    /// Codes and similar users made of it, §2.4.
    public static let features = Step<UserFeatureFiles>(
        .rank, "features", from: [tables, snapshotPrompts, reasoning], settings: featureSettings,
        reading: [.embedder])

    /// The ranker without the new features, on the same impressions. It measures CTCVR and paid no reward.
    public static let judge = Step<RankerFolder>(.rank, "judge", from: [tables], settings: rankerSettings)

    /// The enhanced ranker, which reads codes and similar users: the run's product, §2.4.
    public static let ranker = Step<RankerFolder>(
        .rank, "ranker", from: [tables, features],
        settings: rankerSettings + [
            "rank.codes.bits", "rank.similarSequenceLength", "rank.similarCrosses", "rank.codeCrosses",
            "rank.textCrosses",
        ])

    // MARK: evaluate

    /// The base model's answers to the test users.
    public static let baseAnswers = Step<ModelAnswers>(
        .evaluate, "answers-base", from: [tables], settings: answering + ["evaluate.baseModel"],
        without: answeringServer, reading: [.model])

    /// The fine-tuned model's.
    public static let tunedAnswers = Step<ModelAnswers>(
        .evaluate, "answers-activate", from: [tables, tuned], settings: answering + ["evaluate.tunedModel"],
        without: answeringServer)

    /// The aligned model's.
    public static let alignedAnswers = Step<ModelAnswers>(
        .evaluate, "answers-collaborate", from: [tables, aligned], settings: answering,
        without: answeringServer)

    /// Tables 1 and 3.
    public static let answerTables = Step<AnswerTableFiles>(
        .evaluate, "tables",
        from: [tables, titles, judge, baseAnswers, tunedAnswers, alignedAnswers],
        settings: ["evaluate", "seed"],
        without: ["evaluate.endpoint", "evaluate.baseModel", "evaluate.tunedModel"],
        reading: [.embedder])

    // MARK: experiment

    /// The base model's output for every user, a placebo.
    public static let baseReasoning = Step<ModelAnswers>(
        .experiment, "base-reasoning", from: [tables, snapshotPrompts], settings: inference, reading: [.model]
    )

    /// Codes and similar users of texts that cost no training.
    public static let placeboFeatures = Step<PlaceboFeatureFiles>(
        .experiment, "placebo-features", from: [tables, snapshotPrompts, baseReasoning],
        settings: featureSettings,
        reading: [.embedder])

    /// The rankers with and without the features, and with placebos in their place.
    public static let comparison = Step<RankerComparisonFiles>(
        .experiment, "comparison", from: [tables, features, placeboFeatures, judge, ranker],
        settings: ["rank", "features", "seed", "threads", "evaluate.replicates"],
        without: ["rank.endpoint"])

    /// Scores of the base model's answers, for tables over several runs.
    public static let baseScores = Step<AnswerScoreFiles>(
        .experiment, "scores-base", from: [baseAnswers], settings: ["seed"])
    /// Scores of the fine-tuned model's answers.
    public static let tunedScores = Step<AnswerScoreFiles>(
        .experiment, "scores-activate", from: [tunedAnswers], settings: ["seed"])
    /// Scores of the aligned model's answers.
    public static let alignedScores = Step<AnswerScoreFiles>(
        .experiment, "scores-collaborate", from: [alignedAnswers], settings: ["seed"])
    /// Scores of heuristic baselines, which cost no language model.
    public static let heuristicScores = Step<AnswerScoreFiles>(
        .experiment, "scores-heuristics", from: [tables, titles, judge], settings: ["seed"])

    // MARK: -

    /// What a whole run is for.
    public static let wanted: [any AnyStep] = [bestOfN, ranker, answerTables, comparison]

    /// All steps of a whole run, in their order.
    public static let all = StepDeclaration.ordered(wanted.map(\.declaration))

    /// What every computation of a language model depends on.
    private static let engine = ["threads", "device", "template"]
    private static let inference =
        ["rank.maximumTokens", "rank.batchSize", "rank.generationWeights"] + engine
    private static let answering =
        ["evaluate.maximumTokens", "evaluate.batchSize", "evaluate.generationWeights", "evaluate.endpoint"]
        + engine
    private static let answeringServer = server("evaluate.endpoint")
    /// What of a server's settings changes no answer.
    private static func server(_ path: String) -> [String] {
        EndpointConfiguration.settingsWithoutEffect.map { "\(path).\($0)" }
    }
    private static let featureSettings = [
        "rank.codes", "rank.similarUsers", "rank.embedding", "rank.textCrosses", "seed", "threads",
    ]
    private static let rankerSettings = ["rank.ranker", "rank.calibration", "features", "seed", "threads"]
}

/// The models whose answers are compared, in the order of Table 1.
public enum AnsweringModel: String, Sendable, CaseIterable {
    /// As it comes.
    case base = "base model"
    /// Fine-tuned on refined reasoning.
    case tuned = "SFT (ORFT)"
    /// Aligned by policy optimization.
    case aligned = "SFT + RL"

    /// Its answers to the test users.
    public var answers: Step<ModelAnswers> {
        switch self {
        case .base: Steps.baseAnswers
        case .tuned: Steps.tunedAnswers
        case .aligned: Steps.alignedAnswers
        }
    }

    /// Their scores.
    public var scores: Step<AnswerScoreFiles> {
        switch self {
        case .base: Steps.baseScores
        case .tuned: Steps.tunedScores
        case .aligned: Steps.alignedScores
        }
    }
}
