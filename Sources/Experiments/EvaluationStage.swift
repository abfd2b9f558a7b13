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
        let tables = try ConstructedTables(run)
        let evaluate = configuration.evaluate
        var inputs = ["tables": try run.fingerprint(ConstructedFiles.tablesStep)]
        for model in models {
            let digest =
                try model.step.map(run.fingerprint) ?? ModelLocation.fingerprint(configuration)
            let step = "evaluate/\(model.folder)"
            let answerInputs = inputs.adding("model", digest).adding("threads", "\(configuration.threads)")
                .adding(
                    "evaluate.maximumTokens and evaluate.batchSize",
                    "\(evaluate.maximumTokens) \(evaluate.batchSize)")
            try run.perform(step, inputs: answerInputs) { folder in
                let answering =
                    try model.step.map {
                        try LanguageModel(configuration, checkpoint: run.folder($0), precision: .stored)
                    }
                    ?? LanguageModel(configuration, precision: .stored)
                try answering.answer(
                    tables.samples(.test).map { (id: $0.id, message: $0.prompt) },
                    maximumTokens: evaluate.maximumTokens, batchSize: evaluate.batchSize,
                    to: folder.appending(path: "answers.jsonl"), title: "answers of the \(model.name)",
                    progress: progress)
            }
        }
        for model in models { inputs[model.name] = try run.fingerprint("evaluate/\(model.folder)") }
        inputs["rankers"] = try run.fingerprint(RankingFiles.rankersStep)
        inputs["configuration 'evaluate'"] = try Fingerprint.of(evaluate)
        inputs["seed"] = "\(configuration.seed)"
        try run.perform(tablesStep, inputs: inputs) { folder in
            let result = try Self.tables(run, tables, configuration)
            try AtomicFile.write(result, json: folder.appending(path: tablesFile))
        }
    }

    private static func tables(
        _ run: RunDirectory, _ tables: ConstructedTables, _ configuration: TaijiConfiguration
    ) throws -> AnswerTables {
        let (users, items) = (try tables.users(), try tables.items())
        let events = try tables.events(users: users, items: items)
        let ranker = try Ranker(
            run.folder(RankingFiles.rankersStep).appending(path: RankingFiles.baselineRanker),
            RankingData(users: users, items: items, events: events))
        let catalogue = try tables.catalogue()
        let simulation = try SafetensorsFile(
            run.folder(SimulationFiles.simulationStep).appending(path: SimulationFiles.tensors))
        let samples = try tables.samples(.test)
        let scoring = AnswerScoring(
            samples: samples, items: items, catalogue: catalogue,
            titles: try simulation.tensor("catalogue").elements(),
            encoder: try SentenceEncoder(named: configuration.embedder), ranker: ranker,
            guesses: FreeGuesses(
                catalogue: catalogue, items: items,
                impressions: try tables.impressions(users: users, items: items),
                events: events))
        var scored = try models.map { model in
            let file = run.folder("evaluate/\(model.folder)").appending(path: "answers.jsonl")
            return try scoring.score(JSONLines.read(ModelAnswer.self, from: file), name: model.name)
        }
        scored += [try scoring.mostPopular(), try scoring.ownMostFrequent()]
        let bootstrap = Bootstrap(
            resampleCount: configuration.evaluate.replicates,
            seed: SeededGenerator(seed: UInt64(configuration.seed), path: 5).state)
        let depth = configuration.evaluate.hitRateDepths.max() ?? 100
        let pairs = [(2, 1), (1, 0), (2, 0), (2, 3), (2, 4)]
        return AnswerTables(
            samples: samples.count,
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
