import DuckDB
import Foundation
public import LanguageModels
public import Pipeline
import RankingModels

/// Turns texts of all users into embeddings, codes and similar users, §2.4; for the aligned model's output,
/// and for placebos.
public struct UserFeatureWriter {
    private let run: Run
    private let tables: ConstructedTables
    private let encoder: SentenceEncoder
    private let data: RankingData
    private let features: UserFeatures

    /// - Throws: `RunError.missingStep`; an error of the encoder that names its file.
    public init(_ run: Run) throws {
        self.run = run
        let configuration = run.configuration
        tables = try run.output(of: Steps.tables)
        data = try RankingData(tables)
        encoder = try SentenceEncoder(named: configuration.embedder)
        features = UserFeatures(
            configuration: configuration.rank.codes, neighborCount: configuration.rank.similarUsers,
            seed: configuration.stream(.codes).state)
    }

    /// Features of what a model wrote for every user.
    public func write(answers: ModelAnswers, to output: UserFeatureFiles, title: String) throws {
        try write(to: output, title: title) { body in try answers.answers.forEachRecord { try body($0.text) }
        }
    }

    /// Features of the titles of each user's history, without any model's reasoning.
    public func writeHistories(to output: UserFeatureFiles, title: String) throws {
        let length = run.configuration.construct.historyLength
        try write(to: output, title: title) { body in
            try tables.inferenceFile.forEachRecord { prompt in
                try body(
                    data.recentItems(of: prompt.user, before: prompt.time, atMost: length)
                        .map { data.items[Int($0)].title }.joined(separator: "; "))
            }
        }
    }

    /// Writes `features.parquet` beside the features.
    ///
    /// - Throws: `DuckDBError`.
    func writeParquet(of output: UserFeatureFiles) throws {
        try FeatureParquet(program: .fetched(threads: run.configuration.threads)).write(
            users: tables.userFile.url, to: output)
    }

    private func write(
        to output: UserFeatureFiles, title: String, _ texts: UserEmbeddings.Texts
    ) throws {
        try FileManager.default.createDirectory(at: output.folder, withIntermediateDirectories: true)
        // Every user is embedded, then encoded and searched for.
        run.progress.begin(title, total: 2 * data.users.count)
        let embeddings = try UserEmbeddings(texts, count: data.users.count, encoder: encoder, to: output) {
            run.progress.update($0)
        }
        let report = try features.write(embeddings, to: output) {
            run.progress.update(data.users.count + $0)
        }
        run.progress.end(
            String(
                format: "codes shared with another user %.0f %%, mean similarity of neighbours %.3f",
                100 * report.quantization.collisionRate, report.meanSimilarity))
    }
}

extension LanguageModel {
    /// A model's answer to every user's prompt of stage 4.
    public func answer(
        userPrompts tables: ConstructedTables, _ configuration: RankConfiguration, to output: ModelAnswers,
        title: String, progress: RunProgress
    ) throws {
        try answer(
            tables.inferenceFile.read().map { (id: "\($0.user)", message: $0.prompt) },
            maximumTokens: configuration.maximumTokens, batchSize: configuration.batchSize, to: output,
            title: title, progress: progress)
    }
}
