public import Foundation
public import Pipeline
import Torch
public import VectorSearch

/// Vectors as embeddings of people are: around centres, in fewer directions than they have numbers, of unit
/// length.
public enum SampleEmbeddings {
    /// `[count, width]` row by row; the same seed gives the same.
    ///
    /// - Throws: `BenchmarkError.request` for a size that is too small.
    public static func make(count: Int, width: Int, seed: UInt64) throws -> [Float] {
        var vectors: [Float] = []
        vectors.reserveCapacity(count * width)
        try forEachBlock(count: count, width: width, seed: seed) { vectors += $0 }
        return vectors
    }

    /// The same rows a block at a time.
    public static func forEachBlock(
        count: Int, width: Int, seed: UInt64, _ body: ([Float]) throws -> Void
    ) throws {
        try BenchmarkError.requirePositive(["vectors": count, "width": width])
        let (latent, centreCount) = (min(24, width), max(1, count / 100))
        var generator = SeededGenerator(seed: seed)
        func normal(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.nextNormal()) } }
        let directions = try Tensor.from(normal(latent * width), shape: [latent, width])
        let centres = normal(centreCount * latent)
        let block = 1 << 14
        for start in stride(from: 0, to: count, by: block) {
            let rows = min(block, count - start)
            var points = normal(rows * latent)
            for row in 0..<rows {
                let centre = (start + row) % centreCount
                for place in 0..<latent {
                    points[row * latent + place] =
                        centres[centre * latent + place] + 0.5 * points[row * latent + place]
                }
            }
            let mixed = try Tensor.from(points, shape: [rows, latent]).matmul(directions)
            try body((mixed / mixed.norm(axis: 1, keepsAxis: true)).elements(Float.self))
        }
    }

    /// Writes vectors as raw little-endian float32, for another program.
    public static func write(_ vectors: [Float], to file: URL) throws {
        try vectors.withUnsafeBytes { try AtomicFile.write(Data($0), to: file) }
    }
}

/// Product-quantizing vectors; a token is a vector. Training is not timed.
public struct QuantizingBenchmark: Benchmark {
    /// See `Benchmark`.
    public private(set) var plan: BenchmarkPlan
    private let quantizer: ProductQuantizer
    private let vectors: [Float]

    /// - Parameter vectors: `[N, width]` row by row; the first 65,536 train the code book.
    public init(_ vectors: [Float], width: Int, configuration: QuantizerConfiguration) throws {
        self.vectors = vectors
        let count = vectors.count / width
        quantizer = try ProductQuantizer(
            training: Array(vectors.prefix(min(count, 65_536) * width)), width: width,
            configuration: configuration)
        plan = BenchmarkPlan(
            work: "pq", tokensPerStep: count,
            operationsPerStep: 2 * Double(count) * Double(width * configuration.centroidCount),
            matrixShapes: MatrixProductRate.commonShapes)
    }

    /// See `Benchmark`.
    public mutating func step(_ timer: inout PhaseTimer) throws {
        let codes = try timer.measure("encode") { try quantizer.encode(vectors) }
        plan.details["codes"] = Double(codes.values.count)
    }
}

/// Searching the nearest other vector of some; a token is a query. Building the index is not timed.
public struct RetrievalBenchmark: Benchmark {
    /// See `Benchmark`.
    public private(set) var plan: BenchmarkPlan
    private let queries: [Float]
    private let search: ([Float]) throws -> [[Neighbor]]

    /// - Parameters:
    ///   - vectors: `[N, width]` row by row, the first of which are the queries.
    ///   - method: exact, hnsw or ivfpq; recall of the latter is measured against exact search on 1,000
    ///     queries.
    public init(_ vectors: [Float], width: Int, queryCount: Int, method: RetrievalMethod) throws {
        let count = vectors.count / width
        try BenchmarkError.requirePositive([
            "queries": queryCount, "vectors - queries + 1": count - queryCount + 1,
        ])
        queries = Array(vectors.prefix(queryCount * width))
        let clock = ContinuousClock()
        var details: [String: Double] = [:]
        switch method {
        case .exact:
            let exact = try InnerProductIndex(vectors, width: width)
            search = { try exact.search($0, k: 2) }
        case .hnsw, .ivfpq:
            var made: ApproximateIndex?
            let taken = try clock.measure {
                made = try ApproximateIndex(vectors, width: width, method: method)
            }
            details["buildSeconds"] = taken.seconds
            guard let index = made else { throw BenchmarkError.request("no index was made") }
            details["recallAt1"] = try index.recall(rows: Array(0..<min(1000, queryCount)))
            search = { try index.search($0, k: 2) }
        }
        plan = BenchmarkPlan(
            work: "retrieve", tokensPerStep: queryCount,
            operationsPerStep: 2 * Double(queryCount) * Double(count * width),
            matrixShapes: MatrixProductRate.commonShapes, details: details)
    }

    /// See `Benchmark`.
    public mutating func step(_ timer: inout PhaseTimer) throws {
        _ = try timer.measure("search") { try search(queries) }
    }
}
