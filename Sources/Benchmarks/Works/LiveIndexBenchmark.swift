public import Pipeline
import VectorSearch

/// Similar users while they change: a token is a user who is embedded anew, found a similar user and replaced
/// in the index. Building the index is not timed.
public struct LiveIndexBenchmark: Benchmark {
    /// See `Benchmark`.
    public private(set) var plan: BenchmarkPlan
    private let index: LiveIndex
    private let queries: [[Float]]

    /// - Parameters:
    ///   - count: rows of the index.
    ///   - queries: users that are replaced in a step.
    public init(count: Int, width: Int, queries queryCount: Int, seed: UInt64) throws {
        try BenchmarkError.requirePositive([
            "queries": queryCount, "vectors - queries + 1": count - queryCount + 1,
        ])
        let before = try PeakMemory.resident()
        var made: LiveIndex?
        var first: [[Float]] = []
        try SampleEmbeddings.forEachBlock(count: count, width: width, seed: seed) { block in
            func row(_ place: Int) -> [Float] { Array(block[place * width..<(place + 1) * width]) }
            let rows = block.count / width
            first += (0..<min(rows, queryCount - first.count)).map(row)
            guard let index = made else {
                made = try LiveIndex(UnitVectors(normalizing: block, width: width), capacity: count)
                return
            }
            for place in 0..<rows { try index.set(index.count, to: row(place)) }
        }
        guard let made else { throw BenchmarkError.request("no index was made") }
        index = made
        queries = first
        plan = BenchmarkPlan(
            work: "live", tokensPerStep: queryCount,
            operationsPerStep: 2 * Double(queryCount) * Double(count * width),
            matrixShapes: MatrixProductRate.commonShapes,
            details: ["indexGiB": Double(try PeakMemory.resident() - before) / 0x1p30])
    }

    /// See `Benchmark`.
    public mutating func step(_ timer: inout PhaseTimer) throws {
        for (row, query) in queries.enumerated() {
            let found = try timer.measure("search") { try index.mostSimilar(to: query, k: 1, without: row) }
            guard !found.isEmpty else { throw BenchmarkError.request("nobody is similar") }
            try timer.measure("replace") { try index.set(row, to: query) }
        }
    }
}
