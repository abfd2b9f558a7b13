import Evaluation
import Foundation
import LanguageModels
public import Pipeline
import RankingModels
import Torch

/// Evaluation (§3): the base model, the fine-tuned and the aligned model answer the same users, whom none of
/// them has seen; the ranker that measures CTCVR is stage 4's baseline, which paid no reward.
///
/// Reads the four stages; writes `evaluate/answers-…` and `evaluate/tables`.
public enum EvaluationStage {
    /// Step: the tables.
    public static let tablesStep = "evaluate/tables"
    /// `AnswerTables`.
    public static let tablesFile = "answers.json"

    /// The models that answer, with the step that holds them; nil for the base model.
    public static let models: [(name: String, folder: String, step: String?)] = [
        ("base model", "answers-base", nil), ("SFT (ORFT)", "answers-activate", "2-activate/checkpoint"),
        ("SFT + RL", "answers-collaborate", SimulationFiles.checkpointStep),
    ]

    /// Does the evaluation, or what is left of it.
    public static func perform(
        in run: RunDirectory, _ configuration: TaijiConfiguration, progress: RunProgress
    ) throws {
        var inputs = ["tables": try run.fingerprint(ConstructedFiles.tablesStep)]
        for model in models {
            try answer(model.name, model.folder, checkpoint: model.step, in: run, configuration, progress)
            inputs[model.name] = try run.fingerprint("evaluate/\(model.folder)")
        }
        inputs["rankers"] = try run.fingerprint(RankingFiles.rankersStep)
        inputs["configuration 'evaluate'"] = try Fingerprint.of(configuration.evaluate)
        inputs["seed"] = "\(configuration.seed)"
        try run.perform(tablesStep, inputs: inputs) { folder in
            let result = try tables(run, configuration)
            try AtomicFile.write(result, json: folder.appending(path: tablesFile))
        }
    }

    /// Step `evaluate/…`: a model's answers to the test users.
    ///
    /// - Parameter checkpoint: the step that holds the model; nil for the base model.
    static func answer(
        _ name: String, _ folder: String, checkpoint: String?, in run: RunDirectory,
        _ configuration: TaijiConfiguration, _ progress: RunProgress
    ) throws {
        let evaluate = configuration.evaluate
        let digest = try checkpoint.map(run.fingerprint) ?? ModelLocation.fingerprint(configuration)
        let inputs = [
            "tables": try run.fingerprint(ConstructedFiles.tablesStep), "model": digest,
            "threads": "\(configuration.threads)",
            "evaluate.maximumTokens and evaluate.batchSize":
                "\(evaluate.maximumTokens) \(evaluate.batchSize)",
        ]
        try run.perform("evaluate/\(folder)", inputs: inputs) { target in
            let model =
                try checkpoint.map {
                    try LanguageModel(configuration, checkpoint: run.folder($0), precision: .stored)
                } ?? LanguageModel(configuration, precision: .stored)
            try model.answer(
                ConstructedTables(run).samples(.test).map { (id: $0.id, message: $0.prompt) },
                maximumTokens: evaluate.maximumTokens, batchSize: evaluate.batchSize,
                to: target.appending(path: "answers.jsonl"), title: "answers of the \(name)",
                progress: progress)
        }
    }

    /// What a model answered in step `evaluate/…`.
    static func answers(_ folder: String, of run: RunDirectory) throws -> [ModelAnswer] {
        try JSONLines.read(
            ModelAnswer.self, from: run.folder("evaluate/\(folder)").appending(path: "answers.jsonl"))
    }

    private static func tables(_ run: RunDirectory, _ configuration: TaijiConfiguration) throws
        -> AnswerTables
    {
        let scoring = try AnswerScoring(run, configuration)
        var scored = try models.map { try scoring.score(answers($0.folder, of: run), name: $0.name) }
        scored += [try scoring.mostPopular(), try scoring.ownMostFrequent()]
        let bootstrap = Bootstrap(
            resampleCount: configuration.evaluate.replicates,
            seed: SeededGenerator(seed: UInt64(configuration.seed), path: 5).state)
        let depth = configuration.evaluate.hitRateDepths.max() ?? 100
        let pairs = [(2, 1), (1, 0), (2, 0), (2, 3), (2, 4)]
        return AnswerTables(
            samples: scoring.samples.count,
            rows: try scored.map { try $0.row(bootstrap, depths: configuration.evaluate.hitRateDepths) },
            differences: try pairs.map { row, reference in
                AnswerDifference(
                    row: scored[row].name, reference: scored[reference].name,
                    titleHitRate: try bootstrap.meanDifference(
                        of: scored[row].hits(depth), minus: scored[reference].hits(depth)),
                    ctcvr: try bootstrap.meanDifference(of: scored[row].ctcvr, minus: scored[reference].ctcvr)
                )
            })
    }
}

extension AnswerScoring {
    /// What scores the answers of a finished run's test users.
    init(_ run: RunDirectory, _ configuration: TaijiConfiguration) throws {
        let tables = try ConstructedTables(run)
        let (users, items) = (try tables.users(), try tables.items())
        let events = try tables.events(users: users, items: items)
        let catalogue = try tables.catalogue()
        let simulation = try SafetensorsFile(
            run.folder(SimulationFiles.simulationStep).appending(path: SimulationFiles.tensors))
        let data = RankingData(users: users, items: items, events: events)
        self.init(
            samples: try tables.samples(.test), items: items, catalogue: catalogue,
            titles: try simulation.tensor("catalogue").elements(),
            encoder: try SentenceEncoder(named: configuration.embedder),
            ranker: try Ranker(
                run.folder(RankingFiles.rankersStep).appending(path: RankingFiles.baselineRanker), data),
            guesses: FreeGuesses(
                catalogue: catalogue, items: items,
                impressions: try ImpressionFile(
                    tables.impressions, data, periods: TimePeriod.allCases.filter { $0 != .test },
                    where: \.isConversion
                ).all(), events: events))
    }
}
