import Pipeline
import VectorSearch

/// Who is similar to whom, by the embeddings of their newest reasoning. Takes users in and replaces them
/// without a rebuild.
struct SimilarUsers {
    private let index: LiveIndex
    private var users: [String]
    private var rows: [String: Int]
    private let count: Int

    /// - Parameters:
    ///   - embeddings: of the first users, in their order.
    ///   - count: similar users of each.
    init(_ embeddings: UnitVectors, users: [String], count: Int) throws {
        index = try LiveIndex(embeddings, capacity: embeddings.count * 2)
        self.users = users
        self.count = count
        rows = Dictionary(users.enumerated().map { ($1, $0) }) { first, _ in first }
    }

    /// Adds or replaces a user.
    mutating func set(_ user: String, _ embedding: [Float]) throws {
        let row = rows[user] ?? users.count
        try index.set(row, to: embedding)
        if row == users.count {
            users.append(user)
            rows[user] = row
        }
    }

    /// The nearest other users, nearest first.
    func nearest(to embedding: [Float], without user: String) throws -> [(user: String, similarity: Float)] {
        try index.mostSimilar(to: embedding, k: count, without: rows[user]).map {
            (users[$0.row], $0.similarity)
        }
    }
}
