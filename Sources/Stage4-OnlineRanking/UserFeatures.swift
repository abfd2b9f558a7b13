import Foundation
import LanguageModels
import Pipeline
import Torch
import VectorSearch

/// Intra-user feature quantization and cross-user retrieval, §2.4: a user's reasoning and answer become an
/// embedding, the embedding becomes codes, and the nearest other user lends a behaviour sequence.
struct UserFeatures {
    let configuration: CodesConfiguration
    /// Similar users of each.
    let neighborCount: Int
    let seed: UInt64

    /// What the codes lose, for the run's summary.
    struct Report: Codable, Sendable {
        var quantization: QuantizationReport
        var warning: String?
        /// Mean cosine to the most similar other user.
        var meanSimilarity: Double
        /// Users whose most similar user has the same embedding: the model wrote the same for both.
        var identicalNeighbors: Int
        /// Share of users whose nearest other user an approximate search found; 1 of exact search.
        var recall: Double
    }

    /// Writes `embeddings.safetensors` `[users, D]`, `codebook.pq`, `features.jsonl` and `report.json`.
    ///
    /// - Parameter answers: what stands for each user, in the order of the users.
    func write(
        _ answers: [String], encoder: SentenceEncoder, title: String, to folder: URL, progress: RunProgress
    ) throws {
        progress.begin(title, total: answers.count)
        let texts = answers.map { $0.isEmpty ? "no answer" : $0 }
        let embeddings = try encoder.embed(texts) { progress.update($0) }
        let quantizer = try quantizer(embeddings, width: encoder.width)
        let codes = try quantizer.encode(embeddings)
        let version = try quantizer.version()
        let (neighbors, recall) = try neighbors(embeddings, width: encoder.width)
        let features = try answers.indices.map { user in
            let nearest = neighbors[user]
            guard !nearest.isEmpty else {
                throw RunError.file(path: folder.path, message: "user \(user) has no other user beside it")
            }
            return UserFeature(
                user: Int32(user), codes: codes[user].map(Int.init),
                similarUsers: nearest.map { Int32($0.row) },
                similarities: nearest.map { Double($0.similarity) }, codebook: version)
        }
        let similarities = features.map { $0.similarities[0] }
        let report = Report(
            quantization: try quantizer.report(on: embeddings),
            warning: quantizer.trainingWarning?.description,
            meanSimilarity: similarities.reduce(0, +) / Double(similarities.count),
            identicalNeighbors: features.count { texts[Int($0.user)] == texts[Int($0.similarUsers[0])] },
            recall: recall)
        try SafetensorsFile.write(
            [(name: "embeddings", tensor: Tensor.from(embeddings, shape: [answers.count, encoder.width]))],
            to: folder.appending(path: "embeddings.safetensors"))
        try AtomicFile.write(Data(quantizer.bytes()), to: folder.appending(path: "codebook.pq"))
        try JSONLines.write(features, to: folder.appending(path: RankingFiles.features))
        try AtomicFile.write(report, json: folder.appending(path: "report.json"))
        progress.end(
            String(
                format: "codes shared with another user %.0f %%, mean similarity of neighbours %.3f",
                100 * report.quantization.collisionRate, report.meanSimilarity))
    }

    private func quantizer(_ embeddings: [Float], width: Int) throws -> any VectorQuantizer {
        let settings = QuantizerConfiguration(
            subquantizerCount: configuration.subQuantizers, bits: configuration.bits,
            rotates: configuration.rotates, seed: Int32(truncatingIfNeeded: seed >> 33))
        return switch configuration.quantizer {
        case .product: try ProductQuantizer(training: embeddings, width: width, configuration: settings)
        case .residual: try ResidualQuantizer(training: embeddings, width: width, configuration: settings)
        }
    }

    /// The most similar other row of each, and how often that is what exact search finds, on at most 1,000 rows.
    private func neighbors(_ embeddings: [Float], width: Int) throws -> ([[Neighbor]], Double) {
        let exact = try InnerProductIndex(embeddings, width: width)
        guard configuration.search != .exact else { return (try exact.mostSimilar(k: neighborCount), 1) }
        let index = try ApproximateIndex(
            embeddings, width: width, method: configuration.search == .hnsw ? .hnsw : .ivfpq)
        let step = max(1, exact.count / 1000)
        let rows = Array(stride(from: 0, to: exact.count, by: step))
        return (try index.mostSimilar(k: neighborCount), try index.recall(against: exact, rows: rows))
    }
}
