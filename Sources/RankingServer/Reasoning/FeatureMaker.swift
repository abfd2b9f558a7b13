import DataConstruction
import Foundation
import LanguageModels
import Pipeline
import Ranking
import RankingModels
import Tokenization
import VectorSearch

/// Turns a user's fresh state into features, §2.4, with one version's model and code book: prompt, reasoning
/// and answer, embedding, codes, similar users. Belongs to one thread.
final class FeatureMaker {
    let version: ServedVersion
    let generator: Generator
    let sampling: SamplingConfiguration
    private let model: LanguageModel
    private let embedder: TextEmbedder
    private let quantizer: any VectorQuantizer
    private var similar: SimilarUsers
    private var prompts: LivePrompt

    /// Loads the model, the encoder and the code book of a version, and the embeddings of its users.
    ///
    /// - Throws: an error that names the file.
    init(_ version: ServedVersion, batchSize: Int) throws {
        self.version = version
        let (run, configuration) = (try RunDirectory(version.directory), version.configuration)
        let files = try run.output(of: Steps.features)
        model = try LanguageModel(
            configuration, checkpoint: run.output(of: Steps.aligned).folder, precision: .stored
        ).drawing(with: configuration.rank.generationWeights)
        let writer = model
        embedder = try TextEmbedder(
            configuration.rank.embedding, encoder: configuration.embedder, model: { writer })
        quantizer = try files.quantizer()
        let own = try quantizer.version()
        guard version.enhanced.codebook.isEmpty || own == version.enhanced.codebook else {
            throw ServerError.setting(
                key: "--run",
                message: "\(version.directory.path) has code book \(own), its ranker reads "
                    + "\(version.enhanced.codebook); make the run's stage 4 again")
        }
        let newest = try files.newestSnapshot(before: version.windows.test).index
        similar = try SimilarUsers(
            UserEmbeddings.read(files.snapshot(newest)), users: version.users.map(\.id),
            count: configuration.rank.similarUsers
        )
        let model = model
        prompts = try LivePrompt(configuration.construct) { model.tokenizer.encode($0).count }
        var generator = model.generator
        generator.batchSize = batchSize
        self.generator = generator
        sampling = SamplingConfiguration(maximumTokens: configuration.rank.maximumTokens)
    }

    /// Tokens that the model reads at most.
    var contextLength: Int { model.contextLength }

    /// The tokens of a user's prompt as of now.
    func prompt(of user: LiveUser) throws -> [Int32] {
        let items = version.catalogue.items
        return try model.promptTokens(user: prompts.prompt(user.user, events: user.events, items: items))
    }

    /// Features of what the model wrote about a user.
    ///
    /// - Parameter state: behaviours of a similar user.
    func features(
        of user: String, _ completion: Completion, seen: LiveUser, position: Int64,
        state: (String) throws -> [Event]
    ) throws -> (features: LiveFeatures, embedding: [Float]) {
        let text = try model.text(of: completion.ids)
        let vector = try UnitVectors.normalized(
            embedder.embed([text.isEmpty ? "no answer" : text]), width: embedder.width)
        let codes = try quantizer.encode(vector)
        let neighbors = try similar.nearest(to: vector, without: user)
        let now = Date().timeIntervalSince1970
        let lent = try neighbors.map { try state($0.user) }
        let features = LiveFeatures(
            user: user, version: version.name, text: text, codes: codes[0].map(Int.init),
            codebook: try quantizer.version(), similarUsers: neighbors.map(\.user),
            similarities: neighbors.map { Double($0.similarity) }, similarItems: merged(lent), madeAt: now,
            historyUntil: seen.events.last?.time ?? version.logsUntil, position: position)
        try similar.set(user, vector)
        return (features, vector)
    }

    /// The newest behaviours of some users, newest first.
    private func merged(_ lists: [[Event]]) -> [Int32] {
        if lists.count == 1 { return version.recentItems(lists[0], before: .max) }
        return lists.flatMap { $0.suffix(version.enhanced.similarLength) }.enumerated().sorted {
            ($1.element.time, $0.offset) < ($0.element.time, $1.offset)
        }.prefix(version.enhanced.similarLength).map(\.element.item)
    }

    /// Takes in an embedding that was made before, or elsewhere.
    func restore(_ user: String, _ embedding: [Float]) throws { try similar.set(user, embedding) }
}
