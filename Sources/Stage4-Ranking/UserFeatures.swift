import Foundation
public import Pipeline
public import VectorSearch

/// Intra-user feature quantization and cross-user retrieval, §2.4: a user's reasoning and answer become an
/// embedding, the embedding becomes codes, and the nearest other user lends a behaviour sequence.
public struct UserFeatures {
    private let configuration: CodesConfiguration
    /// Similar users of each.
    private let neighborCount: Int
    private let seed: UInt64

    /// Settings, as in `rank.codes` and `rank.similarUsers`.
    public init(configuration: CodesConfiguration, neighborCount: Int, seed: UInt64) {
        (self.configuration, self.neighborCount, self.seed) = (configuration, neighborCount, seed)
    }

    /// Writes `codebook.pq`, `features.jsonl` and `report.json`. A block of users is in memory at a time, at
    /// first 65,536 embeddings that train the code book, later as many for the recall; besides them the codes
    /// and what the search holds: all vectors for `exact` and `hnsw`, a byte for eight numbers of each for
    /// `ivfpq`.
    ///
    /// - Parameters:
    ///   - titles: that are near to each user's text; nil for features without them.
    ///   - time: moment of the snapshot; nil in a run with one.
    ///   - known: the code book of the first snapshot, for a later one; without it, one is trained.
    /// - Throws: `RunError.record` when a user has no other beside it; `VectorSearchError`.
    public func write(
        _ embeddings: UserEmbeddings, titles: [[String]]? = nil, to output: UserFeatureFiles,
        time: Int64? = nil,
        reusing known: (any VectorQuantizer)? = nil, progress: (Int) -> Void
    ) throws -> UserFeatureReport {
        let vectors = embeddings.vectors
        // As many as FAISS trains 256 centroids with.
        let quantizer =
            try known
            ?? quantizer(
                vectors.sample(max(65_536, 256 << configuration.bits)), width: vectors.width)
        let (codes, quantization) = try quantizer.encode(vectors)
        let version = try quantizer.version()
        let search = try SimilarUsers(vectors, configuration.search)
        var (similarity, identical) = (0.0, 0)
        try JSONLines.write(to: output.features.url) { append in
            for start in stride(from: 0, to: vectors.count, by: 4096) {
                let block = start..<min(start + 4096, vectors.count)
                for (user, nearest) in zip(block, try search.of(block, count: neighborCount)) {
                    guard let first = nearest.first else {
                        throw RunError.record(
                            id: "user \(user)",
                            message: "has no other user beside it; a run needs at least two users")
                    }
                    similarity += Double(first.similarity)
                    if embeddings.digests[user] == embeddings.digests[first.row] { identical += 1 }
                    try append(
                        UserFeature(
                            user: Int32(user), codes: codes[user].map(Int.init),
                            similarUsers: nearest.map { Int32($0.row) },
                            similarities: nearest.map { Double($0.similarity) }, codebook: version,
                            titles: titles?[user]))
                }
                progress(block.upperBound)
            }
        }
        let report = UserFeatureReport(
            quantization: quantization, warning: quantizer.trainingWarning?.description,
            meanSimilarity: similarity / Double(vectors.count), identicalNeighbors: identical,
            recall: search.recall, time: time)
        if known == nil { try AtomicFile.write(Data(quantizer.bytes()), to: output.codebook) }
        try output.report.write(report)
        return report
    }

    private func quantizer(_ sample: [Float], width: Int) throws -> any VectorQuantizer {
        let settings = QuantizerConfiguration(
            subquantizerCount: configuration.subQuantizers, bits: configuration.bits,
            rotates: configuration.rotates, seed: Int32(truncatingIfNeeded: seed >> 33))
        return switch configuration.quantizer {
        case .product: try ProductQuantizer(training: sample, width: width, configuration: settings)
        case .residual: try ResidualQuantizer(training: sample, width: width, configuration: settings)
        }
    }
}

extension UserFeatureFiles {
    /// The code book that a step made.
    ///
    /// - Throws: an error of the file.
    public func quantizer() throws -> any VectorQuantizer {
        let bytes = [UInt8](try Data(contentsOf: codebook))
        do { return try ProductQuantizer(bytes: bytes) } catch { return try ResidualQuantizer(bytes: bytes) }
    }
}

/// The most similar other users, by exact or approximate search.
private struct SimilarUsers {
    /// Similar users of some rows, nearest first.
    private let find: (Range<Int>, Int) throws -> [[Neighbor]]
    /// Share of users whose nearest other user is what exact search finds, on at most 1,000 of them; 1 of
    /// exact search.
    let recall: Double

    init(_ vectors: UnitVectors, _ method: CodesConfiguration.NeighborSearch) throws {
        if method == .exact {
            let index = try InnerProductIndex(vectors)
            find = { try index.mostSimilar(k: $1, to: $0) }
            recall = 1
            return
        }
        let index = try ApproximateIndex(vectors, method: method == .hnsw ? .hnsw : .ivfpq)
        find = { try index.mostSimilar(k: $1, to: $0) }
        let rows = Array(stride(from: 0, to: vectors.count, by: max(1, vectors.count / 1000)))
        recall = try index.recall(rows: rows)
    }

    func of(_ rows: Range<Int>, count: Int) throws -> [[Neighbor]] { try find(rows, count) }
}
