import Foundation
import LanguageModels
public import Pipeline
import RankingModels

/// Stage 4, online ranking (§2.4): the aligned model's reasoning for every user, codes and similar users from
/// it, and the rankers that read them.
///
/// Reads `1-construct` and `3-collaborate`; writes `4-rank/reasoning`, `/features` and `/rankers`.
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
        let reasoning = try shared.adding("aligned model", run.fingerprint(SimulationFiles.checkpointStep))
            .adding("rank.maximumTokens and rank.batchSize", "\(rank.maximumTokens) \(rank.batchSize)")
        try run.perform(RankingFiles.reasoningStep, inputs: reasoning) { folder in
            let model = try LanguageModel(
                configuration, checkpoint: run.folder(SimulationFiles.checkpointStep), precision: .stored)
            try model.answer(
                tables.inference().map { (id: "\($0.user)", message: $0.prompt) },
                maximumTokens: rank.maximumTokens, batchSize: rank.batchSize,
                to: folder.appending(path: RankingFiles.reasoning), title: "reasoning for every user",
                progress: progress)
        }
        let features = try shared.adding("reasoning", run.fingerprint(RankingFiles.reasoningStep))
            .adding("configuration 'rank.codes'", Fingerprint.of(rank.codes))
            .adding("embedder", ModelLocation.fingerprint(of: configuration.embedder))
            .adding("seed", "\(configuration.seed)")
        try run.perform(RankingFiles.featuresStep, inputs: features) { folder in
            let answers = try JSONLines.read(
                ModelAnswer.self,
                from: run.folder(RankingFiles.reasoningStep).appending(path: RankingFiles.reasoning))
            try UserFeatures(
                configuration: rank.codes,
                seed: SeededGenerator(seed: UInt64(configuration.seed), path: 4, 0).state
            ).write(
                answers, encoder: SentenceEncoder(named: configuration.embedder), to: folder,
                progress: progress)
        }
        let rankers = try shared.adding("features", run.fingerprint(RankingFiles.featuresStep))
            .adding("configuration 'rank'", Fingerprint.of(rank)).adding("seed", "\(configuration.seed)")
            .adding("evaluate.replicates", "\(configuration.evaluate.replicates)")
        try run.perform(RankingFiles.rankersStep, inputs: rankers) { folder in
            let (users, items) = (try tables.users(), try tables.items())
            let data = RankingData(
                users: users, items: items, events: try tables.events(users: users, items: items))
            let features = try JSONLines.read(
                UserFeature.self,
                from: run.folder(RankingFiles.featuresStep).appending(path: RankingFiles.features))
            try RankerExperiment(data: data, features: features, configuration: configuration).write(
                tables.impressions(users: users, items: items), to: folder, progress: progress)
        }
    }
}
