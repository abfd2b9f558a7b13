/// What stage 4 makes of a user's reasoning and answer for the ranking model, §2.4.
public struct UserFeature: Codable, Sendable, Equatable {
    /// The user.
    public var user: Int32
    /// Product-quantized codes of the user's embedding, `[M]`.
    public var codes: [Int]
    /// The most similar other user.
    public var similarUser: Int32
    /// Cosine of the two users' embeddings.
    public var similarity: Double
    /// Version of the code book that made the codes.
    public var codebook: String

    /// A record.
    public init(user: Int32, codes: [Int], similarUser: Int32, similarity: Double, codebook: String) {
        self.user = user
        self.codes = codes
        self.similarUser = similarUser
        self.similarity = similarity
        self.codebook = codebook
    }
}
