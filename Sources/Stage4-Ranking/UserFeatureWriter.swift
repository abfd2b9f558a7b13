import DuckDB
import Foundation
public import LanguageModels
public import Pipeline
public import RankingModels

/// Turns texts of all users into embeddings, codes and similar users, §2.4; for the aligned model's output,
/// and for placebos.
public struct UserFeatureWriter {
    private let run: Run
    private let tables: ConstructedTables
    private let encoder: String
    /// The logs of the run.
    public let data: RankingData
    private let features: UserFeatures
    /// Moments of the snapshots, in seconds since 1970.
    public let times: [Int64]

    /// - Throws: `RunError.missingStep`.
    public init(_ run: Run) throws {
        self.run = run
        let configuration = run.configuration
        tables = try run.output(of: Steps.tables)
        data = try RankingData(tables)
        encoder = configuration.embedder
        times = try tables.summary.read().windows.snapshotTimes(configuration.rank.snapshots)
        features = UserFeatures(
            configuration: configuration.rank.codes, neighborCount: configuration.rank.similarUsers,
            seed: configuration.stream(.codes).state)
    }

    /// Features of what a model wrote for every user, of every snapshot.
    ///
    /// - Parameters:
    ///   - model: the one that wrote them.
    ///   - writesParquet: whether `features.parquet` stands beside the features.
    /// - Throws: an error of the encoder or of the model that names its file.
    public func write(
        answers: ModelAnswers, of model: () throws -> LanguageModel, to output: UserFeatureFiles,
        title: String, writesParquet: Bool = false
    ) throws {
        let embedder = try TextEmbedder(
            run.configuration.rank.embedding, encoder: encoder, model: model)
        try write(to: output, title: title, by: embedder, writesParquet: writesParquet) { [data] snapshot in
            { body in
                let own = snapshot * data.users.count..<(snapshot + 1) * data.users.count
                var place = 0
                try answers.answers.forEachRecord { answer in
                    if own.contains(place) { try body(answer.text) }
                    place += 1
                }
            }
        }
    }

    /// Features of texts, of every snapshot.
    ///
    /// - Parameter text: what stands for a user in a snapshot.
    public func write(
        to output: UserFeatureFiles, title: String, text: @escaping (_ user: Int32, _ snapshot: Int) -> String
    ) throws {
        let embedder = TextEmbedder([try SentenceEncoder(named: encoder)])
        try write(to: output, title: title, by: embedder, writesParquet: false) { [data] snapshot in
            { body in
                for user in data.users.indices { try body(text(Int32(user), snapshot)) }
            }
        }
    }

    private func write(
        to output: UserFeatureFiles, title: String, by embedder: TextEmbedder, writesParquet: Bool,
        _ texts: (_ snapshot: Int) -> UserEmbeddings.Texts
    ) throws {
        let nearest = run.configuration.rank.textCrosses ? try NearestTitles(run) : nil
        try writeSnapshots(to: output, title: title, writesParquet: writesParquet) {
            snapshot, files, progress in
            let embeddings = try UserEmbeddings(
                texts(snapshot), count: data.users.count, by: embedder, to: files, progress: progress)
            return (embeddings, try nearest?.of(texts(snapshot)))
        }
    }

    /// Features of vectors that are made without an encoder, of every snapshot.
    ///
    /// - Parameters:
    ///   - width: of a vector.
    ///   - vector: what stands for a user in a snapshot, `[width]`.
    public func write(
        to output: UserFeatureFiles, title: String, width: Int,
        vector: (_ user: Int32, _ snapshot: Int) -> [Float]
    ) throws {
        try writeSnapshots(to: output, title: title, writesParquet: false) { snapshot, files, progress in
            let embeddings = try UserEmbeddings(count: data.users.count, width: width, to: files) { append in
                for user in data.users.indices {
                    try append(vector(Int32(user), snapshot))
                    progress(user + 1)
                }
            }
            return (embeddings, nil)
        }
    }

    private func writeSnapshots(
        to output: UserFeatureFiles, title: String, writesParquet: Bool,
        _ embed: (_ snapshot: Int, UserFeatureFiles, @escaping (Int) -> Void) throws -> (
            embeddings: UserEmbeddings, titles: [[String]]?
        )
    ) throws {
        // Every user is embedded, then encoded and searched for.
        let count = data.users.count
        run.progress.begin(title, total: 2 * count * times.count)
        var reports: [UserFeatureReport] = []
        for (snapshot, time) in times.enumerated() {
            let files = output.snapshot(snapshot)
            try FileManager.default.createDirectory(at: files.folder, withIntermediateDirectories: true)
            let done = 2 * count * snapshot
            let (embeddings, titles) = try embed(snapshot, files) { run.progress.update(done + $0) }
            let report = try features.write(
                embeddings, titles: titles, to: files, time: times.count > 1 ? time : nil,
                reusing: snapshot > 0 ? output.quantizer() : nil
            ) { run.progress.update(done + count + $0) }
            reports.append(report)
            if writesParquet {
                try FeatureParquet(program: .fetched(threads: run.configuration.threads)).write(
                    users: tables.userFile.url, to: files)
            }
        }
        func mean(_ value: (UserFeatureReport) -> Double) -> Double {
            reports.map(value).reduce(0, +) / Double(reports.count)
        }
        run.progress.end(
            String(
                format: "codes shared with another user %.0f %%, mean similarity of neighbours %.3f",
                100 * mean(\.quantization.collisionRate), mean(\.meanSimilarity)))
    }
}

extension Run {
    /// Every user's prompt of every snapshot, with the place of the prompt as its id, which in a run with one
    /// snapshot is the user.
    func inferenceMessages() throws -> [(id: String, message: String)] {
        try userPrompts().read().enumerated().map { (id: "\($0.offset)", message: $0.element.prompt) }
    }
}

extension TextGenerator {
    /// A model's answer to every user's prompt of stage 4, of every snapshot.
    public func answer(userPromptsOf run: Run, to output: ModelAnswers, title: String) throws {
        let configuration = run.configuration.rank
        try answer(
            run.inferenceMessages(), maximumTokens: configuration.maximumTokens,
            batchSize: configuration.batchSize, to: output, title: title, progress: run.progress)
    }
}
