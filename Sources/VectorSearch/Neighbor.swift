/// A row of an index and how near it is.
public struct Neighbor: Codable, Sendable, Equatable {
    /// Row in the order in which the vectors were given.
    public var row: Int
    /// Cosine with the query.
    public var similarity: Float

    /// A row and its similarity.
    public init(row: Int, similarity: Float) {
        self.row = row
        self.similarity = similarity
    }
}

extension Neighbor {
    /// The order of results: nearest first, ties by lower row.
    static func isNearer(_ first: Neighbor, _ second: Neighbor) -> Bool {
        first.similarity != second.similarity ? first.similarity > second.similarity : first.row < second.row
    }
}
