internal import CFaiss

/// Search by cosine among vectors that are added and replaced while they are searched: no rebuild.
///
/// Every vector is compared. Up to `exactLimit` rows they are kept as float32; an index that is made for more
/// keeps a byte a number, so that a million vectors of width 384 take 366 MiB, and its similarities are off
/// by
/// about 0.01.
public final class LiveIndex {
    /// Rows up to which vectors are kept as they are.
    public static let exactLimit = 65_536

    /// Width of a vector, D.
    public let width: Int
    private let handle: OpaquePointer

    /// An index of unit vectors.
    ///
    /// - Parameters:
    ///   - vectors: the first rows, at least one.
    ///   - capacity: rows that the index will have, which decides how they are kept.
    /// - Throws: `VectorSearchError`.
    public init(_ vectors: UnitVectors, capacity: Int) throws(VectorSearchError) {
        width = vectors.width
        let isExact = max(capacity, vectors.count) <= Self.exactLimit
        let sample = isExact ? [] : vectors.sample(Self.exactLimit)
        var made: OpaquePointer?
        try check(
            "live index",
            cf_live_make(
                sample, sample.count / width, width, isExact ? 32 : 8, max(capacity, vectors.count), &made))
        handle = try VectorSearch.made("live index", made)
        for row in 0..<vectors.count { try set(row, to: vectors.rows(row..<row + 1)) }
    }

    deinit { cf_live_free(handle) }

    /// Rows, N.
    public var count: Int { Int(cf_live_count(handle)) }

    /// Replaces a row, or adds one at the end where `row` is `count`.
    ///
    /// - Parameter vector: `[D]`; brought to unit length.
    /// - Throws: `VectorSearchError` for a row beyond the end or a vector of another width.
    public func set(_ row: Int, to vector: [Float]) throws(VectorSearchError) {
        guard vector.count == width else {
            throw .shape(what: "vector", elementCount: vector.count, width: width)
        }
        guard (0...count).contains(row) else {
            throw .setting(name: "row", value: row, expected: "0 to \(count)")
        }
        let unit = try UnitVectors.normalized(vector, width: width)
        try check("live index", cf_live_set(handle, row, unit))
    }

    /// The `k` rows that are nearest to a vector, nearest first, ties by lower row.
    ///
    /// - Parameter own: a row that is left out.
    /// - Throws: `VectorSearchError`.
    public func mostSimilar(
        to vector: [Float], k: Int, without own: Int?
    ) throws(VectorSearchError) -> [Neighbor] {
        guard vector.count == width else {
            throw .shape(what: "vector", elementCount: vector.count, width: width)
        }
        guard k > 0 else { throw .setting(name: "k", value: k, expected: "1 or more") }
        let unit = try UnitVectors.normalized(vector, width: width)
        let depth = min(count, k + 8)
        var scores = [Float](repeating: 0, count: depth)
        var rows = [Int64](repeating: 0, count: depth)
        try check("live index", cf_live_search(handle, unit, depth, &scores, &rows))
        let found = zip(rows, scores).compactMap { row, score in
            row < 0 || Int(row) == own ? nil : Neighbor(row: Int(row), similarity: score)
        }
        return Array(found.sorted(by: Neighbor.isNearer).prefix(k))
    }
}
