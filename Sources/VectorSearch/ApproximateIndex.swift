internal import CFaiss

/// How similar users are searched for.
public enum RetrievalMethod: String, Codable, Sendable, CaseIterable {
    /// Every vector is compared.
    case exact
    /// A navigable graph (Malkov and Yashunin, 2018).
    case hnsw
    /// Cells of a coarse quantizer with product-quantized residuals (Jégou et al., 2011).
    case ivfpq
}

/// Approximate search by cosine. What the index finds is compared again with the exact vectors, so that only
/// the choice of candidates is approximate.
///
/// A query costs far less than a comparison with every vector, at a recall that `recall(rows:)` measures. The
/// vectors stay where they are, beside the index.
public final class ApproximateIndex: @unchecked Sendable {
    // The handle is written once, in the initializer, and every FAISS call made on it afterwards only reads.

    /// Vectors, N.
    public let count: Int
    /// Width of a vector, D.
    public let width: Int
    private let vectors: UnitVectors
    private let handle: OpaquePointer
    private let depth: Int

    /// An index of a copy of vectors, `[N, D]` row by row; see the other initializer.
    public convenience init(
        _ vectors: [Float], width: Int, method: RetrievalMethod
    ) throws(VectorSearchError) {
        try self.init(UnitVectors(normalizing: vectors, width: width), method: method)
    }

    /// An index of vectors, which stay where they are. The same vectors and thread count give the same index.
    ///
    /// - Parameter method: `hnsw`, whose graph holds a copy of the vectors, or `ivfpq`, which holds D / 8
    ///   bytes of each.
    /// - Throws: `VectorSearchError`; `ivfpq` needs at least 64 vectors and a width that is a multiple of 8.
    public init(_ vectors: UnitVectors, method: RetrievalMethod) throws(VectorSearchError) {
        (count, width) = (vectors.count, vectors.width)
        self.vectors = vectors
        let plan = try Plan(method, count: count, width: width)
        depth = plan.depth
        guard let base = vectors.elements.baseAddress else {
            throw .shape(what: "vectors", elementCount: 0, width: width)
        }
        var made: OpaquePointer?
        try check(
            "approximate index",
            cf_approximate_make(
                base, count, width, plan.trainingCount, plan.description, plan.parameters, false, &made))
        handle = try VectorSearch.made("approximate index", made)
    }

    deinit { cf_approximate_free(handle) }

    /// What FAISS is asked to build.
    private struct Plan {
        let description: String
        let parameters: String
        let trainingCount: Int
        /// Candidates that are compared exactly, at least.
        let depth: Int

        init(_ method: RetrievalMethod, count: Int, width: Int) throws(VectorSearchError) {
            switch method {
            case .exact:
                throw .setting(
                    name: "method", value: 0, expected: "hnsw or ivfpq; exact is InnerProductIndex")
            case .hnsw:
                (description, parameters, trainingCount, depth) = ("HNSW32,Flat", "efSearch=128", 0, 16)
            case .ivfpq:
                guard count >= 64, width.isMultiple(of: 8) else {
                    throw .setting(
                        name: "vectors", value: count,
                        expected: "64 or more of a width that is a multiple of 8, found width \(width)")
                }
                // About √N cells of which a sixteenth is visited; 8 bits a sub-quantizer where they can be
                // trained.
                var cells = 1
                while cells * cells * 4 <= count { cells *= 2 }
                let bits = count >= 9984 ? 8 : 4
                // Eight numbers an id, four where vectors are narrow: candidates are compared exactly
                // afterwards.
                let most = width / (width >= 64 ? 8 : 4)
                let parts = stride(from: most, through: 1, by: -1).first { width.isMultiple(of: $0) } ?? 1
                // "np": without the reordering of ids for searches by Hamming distance, which no search here
                // does and which took most of the time that building took.
                description = "IVF\(cells),PQ\(parts)x\(bits)np"
                parameters = "nprobe=\(max(4, cells / 16))"
                trainingCount = min(count, max(64 * cells, 10_000))
                depth = 64
            }
        }
    }

    /// The `k` nearest rows of each query among those that the index finds, nearest first.
    ///
    /// - Parameter queries: `[Q, D]` row by row.
    public func search(_ queries: [Float], k: Int) throws(VectorSearchError) -> [[Neighbor]] {
        _ = try rowCount("queries", of: queries.count, width: width)
        let unit = try unitRows(queries, width: width, what: "queries")
        return try withBuffer(unit) { queries throws(VectorSearchError) in
            try nearest(queries, k: k, own: nil)
        }
    }

    /// The `k` nearest other rows of each row of the index, as `search`.
    public func mostSimilar(k: Int) throws(VectorSearchError) -> [[Neighbor]] {
        try mostSimilar(k: k, to: 0..<count)
    }

    /// The same for some rows of the index.
    public func mostSimilar(k: Int, to rows: Range<Int>) throws(VectorSearchError) -> [[Neighbor]] {
        let own = UnsafeBufferPointer(
            rebasing: vectors.elements[rows.lowerBound * width..<rows.upperBound * width])
        return try nearest(own, k: k) { rows.lowerBound + $0 }
    }

    /// - Parameter own: the row of the index that a query, by its place, is; nil for queries that are not
    ///   rows.
    private func nearest(
        _ queries: UnsafeBufferPointer<Float>, k: Int, own: ((_ query: Int) -> Int)?
    ) throws(VectorSearchError) -> [[Neighbor]] {
        guard k > 0 else { throw .setting(name: "k", value: k, expected: "1 or more") }
        // FAISS has the handle and the vectors until the last call below.
        defer { withExtendedLifetime(self) {} }
        let total = queries.count / width
        let asked = min(count, max(depth, 4 * k) + (own == nil ? 0 : 1))
        var found: [[Neighbor]] = []
        found.reserveCapacity(total)
        let block = 4096
        for start in stride(from: 0, to: total, by: block) {
            let range = start..<min(start + block, total)
            var rows = [Int64](repeating: -1, count: range.count * asked)
            var scores = [Float](repeating: 0, count: rows.count)
            guard let base = queries.baseAddress, let all = vectors.elements.baseAddress else { break }
            let first = base + start * width
            try check(
                "approximate search", cf_approximate_search(handle, first, range.count, asked, &rows))
            try check(
                "exact comparison",
                cf_inner_products(all, width, first, range.count, asked, rows, &scores))
            for query in range {
                let candidates = (query - start) * asked..<(query - start + 1) * asked
                let ownRow = own?(query)
                let neighbors = candidates.lazy.filter { rows[$0] >= 0 && Int(rows[$0]) != ownRow }
                    .map { Neighbor(row: Int(rows[$0]), similarity: scores[$0]) }
                found.append(Array(neighbors.sorted(by: Neighbor.isNearer).prefix(k)))
            }
        }
        return found
    }

    /// Share of rows whose nearest other row by exact search is also the nearest that this index finds. A
    /// neighbor as near as the exact one counts. The vectors are read where they lie.
    ///
    /// - Parameter rows: which rows to measure on.
    public func recall(rows: [Int]) throws(VectorSearchError) -> Double {
        guard !rows.isEmpty else { return 1 }
        let queries = rows.flatMap { vectors.rows($0..<$0 + 1) }
        let best = try nearestSimilarities(to: rows, queries)
        let found = try withBuffer(queries) { queries throws(VectorSearchError) in
            try nearest(queries, k: 1) { rows[$0] }
        }
        let hits = zip(found, best).count { found, best in
            found.first.map { $0.similarity >= best } ?? false
        }
        return Double(hits) / Double(rows.count)
    }

    /// The similarity of the nearest other row of each of `rows` by exact search, from the same arithmetic as
    /// the similarities of `search`, so that the two compare without a tolerance.
    private func nearestSimilarities(
        to rows: [Int], _ queries: [Float]
    ) throws(VectorSearchError) -> [Float] {
        defer { withExtendedLifetime(self) {} }
        guard let all = vectors.elements.baseAddress else { return [] }
        // The row itself, the nearest other, and rows so near to it that a matrix product may rank them
        // first.
        let asked = min(count, 8)
        var scores = [Float](repeating: 0, count: rows.count * asked)
        var labels = [Int64](repeating: -1, count: scores.count)
        try check(
            "exact search", cf_nearest(all, count, width, queries, rows.count, asked, &scores, &labels))
        try check(
            "exact comparison",
            cf_inner_products(all, width, queries, rows.count, asked, labels, &scores))
        return rows.indices.map { place in
            let own = (place * asked..<(place + 1) * asked).filter { Int(labels[$0]) != rows[place] }
            return own.map { scores[$0] }.max() ?? -.infinity
        }
    }
}

/// `withUnsafeBufferPointer` that keeps the type of what it throws.
private func withBuffer<Result>(
    _ numbers: [Float], _ body: (UnsafeBufferPointer<Float>) throws(VectorSearchError) -> Result
) throws(VectorSearchError) -> Result {
    let result = numbers.withUnsafeBufferPointer { buffer in
        Swift.Result { () throws(VectorSearchError) in try body(buffer) }
    }
    return try result.get()
}
