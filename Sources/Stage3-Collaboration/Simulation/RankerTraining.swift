import Pipeline
import RankingModels

/// Trains the two rankers of stage 3: one that pays the collaborative reward, and one that watches and never
/// pays.
struct RankerTraining {
    private let run: Run
    private let tables: ConstructedTables
    private let data: RankingData

    init(_ run: Run) throws {
        self.run = run
        tables = try run.output(of: Steps.tables)
        data = try RankingData(tables)
    }

    /// - Parameter folder: where samples are kept that are too many for memory.
    func rewardRanker(spillingTo folder: RankerFolder) throws -> Ranker {
        try train(
            ImpressionFile(tables.impressions, data, periods: [.rewardTraining]), .rewardRanker,
            title: "reward ranker", spillingTo: folder)
    }

    /// Of another time than the reward ranker's, and of other users than those whose answers are measured.
    func validationRanker(spillingTo folder: RankerFolder) throws -> Ranker {
        let measured = Set(data.users.indices.filter { data.users[$0].role == .collaborate })
        let impressions = ImpressionFile(tables.impressions, data, periods: [.languageModel]) {
            !measured.contains(Int($0.user))
        }
        return try train(impressions, .validationRanker, title: "validation ranker", spillingTo: folder)
    }

    private func train(
        _ impressions: ImpressionFile, _ stream: RandomStream, title: String, spillingTo folder: RankerFolder
    ) throws -> Ranker {
        let configuration = run.configuration
        let trainer = RankerTrainer(
            data, configuration: configuration.collaborate.rewardRanker,
            samplingRate: configuration.construct.impressionRate, schema: configuration.features,
            seed: configuration.stream(stream).state)
        return try trainer.train(
            trainer.samples(impressions, title: title, spillingTo: folder.folder), title: title,
            progress: run.progress)
    }
}
