import DuckDB
import Foundation
import LanguageModels
public import Pipeline
import RankingModels
import VectorSearch

/// Stage 4, online ranking (§2.4): the aligned model's reasoning for every user, codes and similar users from
/// it, and the rankers that read them.
///
/// Reads `1-construct` and `3-collaborate`; writes `4-rank/reasoning`, `/reasoning-base`, `/features` and `/rankers`.
public enum OnlineRankingStage {
    /// Does the stage, or what is left of it.
    public static func perform(
        in run: RunDirectory, _ configuration: TaijiConfiguration, progress: RunProgress
    ) throws {
        let tables = try ConstructedTables(run)
        let shared = [
            "tables": try run.fingerprint(ConstructedFiles.tablesStep), "threads": "\(configuration.threads)",
        ]
        let rank = configuration.rank
        let asked = "\(rank.maximumTokens) \(rank.batchSize)"
        let writers: [(step: String, name: String, digest: String, checkpoint: String?)] = [
            (
                RankingFiles.reasoningStep, "reasoning for every user",
                try run.fingerprint(SimulationFiles.checkpointStep), SimulationFiles.checkpointStep
            ),
            (
                RankingFiles.baseReasoningStep, "the base model's output (placebo)",
                try ModelLocation.fingerprint(configuration), nil
            ),
        ]
        for writer in writers {
            let inputs = shared.adding("model", writer.digest)
                .adding("rank.maximumTokens and rank.batchSize", asked)
            try run.perform(writer.step, inputs: inputs) { folder in
                let model = try LanguageModel(
                    configuration, checkpoint: writer.checkpoint.map(run.folder), precision: .stored)
                try model.answer(
                    tables.inference().map { (id: "\($0.user)", message: $0.prompt) },
                    maximumTokens: rank.maximumTokens, batchSize: rank.batchSize,
                    to: folder.appending(path: RankingFiles.reasoning), title: writer.name,
                    progress: progress)
            }
        }
        let features = try shared.adding("reasoning", run.fingerprint(RankingFiles.reasoningStep))
            .adding("base model's output", run.fingerprint(RankingFiles.baseReasoningStep))
            .adding("configuration 'rank.codes'", Fingerprint.of(rank.codes, later: ["quantizer": "product"]))
            .adding("rank.similarUsers", "\(rank.similarUsers)")
            .adding("embedder", ModelLocation.fingerprint(of: configuration.embedder))
            .adding("seed", "\(configuration.seed)")
        try run.perform(RankingFiles.featuresStep, inputs: features) { folder in
            try writeFeatures(run, tables, configuration, to: folder, progress)
        }
        let rankers = try shared.adding("features", run.fingerprint(RankingFiles.featuresStep))
            .adding(
                "configuration 'rank'",
                Fingerprint.of(rank, later: ["codes.quantizer": "product", "calibration": "none"])
            ).adding(configuration.features).adding("seed", "\(configuration.seed)")
            .adding("evaluate.replicates", "\(configuration.evaluate.replicates)")
        try run.perform(RankingFiles.rankersStep, inputs: rankers) { folder in
            let features = run.folder(RankingFiles.featuresStep)
            func read(_ part: String) throws -> [UserFeature] {
                try JSONLines.read(
                    UserFeature.self,
                    from: features.appending(path: part).appending(path: RankingFiles.features))
            }
            let data = try data(tables)
            try RankerExperiment(
                data: data,
                features: FeatureSets(
                    reasoning: read(""), baseModel: read(RankingFiles.baseModelFeatures),
                    history: read(RankingFiles.historyFeatures)),
                configuration: configuration
            ).write(tables, to: folder, progress: progress)
        }
    }

    private static func data(_ tables: ConstructedTables) throws -> RankingData {
        let (users, items) = (try tables.users(), try tables.items())
        return RankingData(users: users, items: items, events: try tables.events(users: users, items: items))
    }

    /// Codes and similar users of the aligned model's output, of the base model's and of the raw history.
    private static func writeFeatures(
        _ run: RunDirectory, _ tables: ConstructedTables, _ configuration: TaijiConfiguration,
        to folder: URL, _ progress: RunProgress
    ) throws {
        let encoder = try SentenceEncoder(named: configuration.embedder)
        let data = try data(tables)
        func answers(_ step: String) -> UserEmbeddings.Texts {
            { body in
                try JSONLines.forEach(
                    ModelAnswer.self, in: run.folder(step).appending(path: RankingFiles.reasoning)
                ) { try body($0.text) }
            }
        }
        let histories: UserEmbeddings.Texts = { body in
            try tables.forEachInference { prompt in
                try body(
                    data.recentItems(
                        of: prompt.user, before: prompt.time, atMost: configuration.construct.historyLength
                    ).map { data.items[Int($0)].title }.joined(separator: "; "))
            }
        }
        let features = UserFeatures(
            configuration: configuration.rank.codes, neighborCount: configuration.rank.similarUsers,
            seed: SeededGenerator(seed: UInt64(configuration.seed), path: 4, 0).state)
        for (part, title, texts) in [
            ("", "user embeddings", answers(RankingFiles.reasoningStep)),
            (
                RankingFiles.baseModelFeatures, "embeddings of the base model's output",
                answers(RankingFiles.baseReasoningStep)
            ),
            (RankingFiles.historyFeatures, "embeddings of raw histories", histories),
        ] {
            let target = part.isEmpty ? folder : folder.appending(path: part)
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            progress.begin(title, total: data.users.count)
            let embeddings = try UserEmbeddings(
                texts, count: data.users.count, encoder: encoder, to: target
            ) { progress.update($0) }
            let report = try features.write(embeddings, to: target) { progress.update($0) }
            progress.end(
                String(
                    format: "codes shared with another user %.0f %%, mean similarity of neighbours %.3f",
                    100 * report.quantization.collisionRate, report.meanSimilarity))
        }
        try FeatureParquet(program: .fetched(threads: configuration.threads)).write(
            users: run.folder(ConstructedFiles.tablesStep).appending(path: ConstructedFiles.users), to: folder
        )
    }
}
