internal import CFaiss

/// Exact search by cosine: the inner product of vectors that are brought to unit length when they are added
/// and when they are asked for. Section 2.4, cross-user sequence retrieval.
///
/// FAISS finds the candidates; their similarities are then computed again in one fixed order of additions,
/// because a matrix product may give two equal vectors similarities that differ in the last bit. So equal
/// vectors tie exactly, and the lower row comes first.
public final class InnerProductIndex: @unchecked Sendable {
    // The handle is written once, in the initializer, and every FAISS call made on it afterwards only reads.

    /// Vectors, N.
    public let count: Int
    /// Width of a vector, D.
    public let width: Int
    private let handle: OpaquePointer

    /// How far FAISS's float32 similarity of unit vectors may be from the one computed again.
    private static let slack: Float = 1e-4
    /// Queries of one FAISS call, which bounds the memory of its results.
    private static let blockSize = 1_024

    /// An index of vectors, `[N, D]` row by row. A vector of zeros has similarity 0 to all.
    public convenience init(_ vectors: [Float], width: Int) throws(VectorSearchError) {
        try self.init(UnitVectors(normalizing: vectors, width: width))
    }

    /// An index of a copy of vectors.
    public init(_ vectors: UnitVectors) throws(VectorSearchError) {
        (count, width) = (vectors.count, vectors.width)
        guard let base = vectors.elements.baseAddress else {
            throw .shape(what: "vectors", elementCount: 0, width: width)
        }
        var made: OpaquePointer?
        try check("index", cf_index_make(base, count, width, &made))
        handle = try VectorSearch.made("index", made)
    }

    deinit { cf_index_free(handle) }

    /// The `k` nearest rows of each query, nearest first, ties by lower row; all N where k is larger.
    /// - Parameter queries: `[Q, D]` row by row.
    public func search(_ queries: [Float], k: Int) throws(VectorSearchError) -> [[Neighbor]] {
        _ = try rowCount("queries", of: queries.count, width: width)
        return try nearest(try unitRows(queries, width: width, what: "queries"), k: k, ownRow: nil)
    }

    /// The `k` nearest other rows of each row of the index, as `search`; fewer where the index has fewer
    /// others.
    public func mostSimilar(k: Int) throws(VectorSearchError) -> [[Neighbor]] {
        try mostSimilar(k: k, to: 0..<count)
    }

    /// The same for some rows of the index.
    public func mostSimilar(k: Int, to rows: Range<Int>) throws(VectorSearchError) -> [[Neighbor]] {
        defer { withExtendedLifetime(self) {} }
        let own = Array(
            UnsafeBufferPointer(
                start: cf_index_vectors(handle) + rows.lowerBound * width, count: rows.count * width))
        return try nearest(own, k: k, ownRow: rows.lowerBound)
    }

    /// - Parameter ownRow: row of the index that the first query is, the others following; nil for queries
    ///   that are no rows.
    private func nearest(
        _ queries: [Float], k: Int, ownRow: Int?
    ) throws(VectorSearchError) -> [[Neighbor]] {
        guard k > 0 else { throw .setting(name: "k", value: k, expected: "1 or more") }
        // FAISS has the handle, and `ranked` its vectors, until the last call below.
        defer { withExtendedLifetime(self) {} }
        let queryCount = queries.count / width
        let wanted = min(k, ownRow == nil ? count : count - 1)
        guard wanted > 0 else { return [[Neighbor]](repeating: [], count: queryCount) }
        var found: [[Neighbor]] = []
        for start in stride(from: 0, to: queryCount, by: Self.blockSize) {
            let block = start..<min(start + Self.blockSize, queryCount)
            found += try nearest(queries, block: block, wanted: wanted, ownRow: ownRow)
        }
        return found
    }

    /// Asks FAISS for more rows than wanted, and again for four times as many for each query whose last row
    /// is still as near as its k-th: only then are all that tie with the k-th known.
    private func nearest(
        _ queries: [Float], block: Range<Int>, wanted: Int, ownRow: Int?
    ) throws(VectorSearchError) -> [[Neighbor]] {
        var found = [[Neighbor]](repeating: [], count: block.count)
        var open = Array(block)
        var depth = min(wanted + 8, count)
        while !open.isEmpty {
            let asked = open.flatMap { queries[($0 * width)..<(($0 + 1) * width)] }
            var scores = [Float](repeating: 0, count: open.count * depth)
            var labels = [Int64](repeating: 0, count: open.count * depth)
            try check("search", cf_index_search(handle, asked, open.count, depth, &scores, &labels))
            var unresolved: [Int] = []
            for (position, row) in open.enumerated() {
                let range = (position * depth)..<((position + 1) * depth)
                let candidates = range.filter { Int(labels[$0]) != ownRow.map { $0 + row } }
                if depth < count, scores[range.upperBound - 1] > scores[candidates[wanted - 1]] - Self.slack {
                    unresolved.append(row)
                } else {
                    found[row - block.lowerBound] = ranked(
                        candidates.map { Int(labels[$0]) }, queries, row, wanted)
                }
            }
            open = unresolved
            depth = depth > count / 4 ? count : 4 * depth
        }
        return found
    }

    private func ranked(_ candidates: [Int], _ queries: [Float], _ row: Int, _ wanted: Int) -> [Neighbor] {
        let vectors = cf_index_vectors(handle)
        let neighbors = candidates.map { candidate in
            var sum: Float = 0
            for column in 0..<width {
                sum += queries[row * width + column] * vectors[candidate * width + column]
            }
            return Neighbor(row: candidate, similarity: sum)
        }
        return Array(neighbors.sorted(by: Neighbor.isNearer).prefix(wanted))
    }
}
