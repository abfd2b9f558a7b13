/// Features of all users as of one moment.
public struct FeatureSnapshot: Sendable {
    /// The moment, in seconds since 1970: nothing at or after it was seen. Nil in a run with one snapshot,
    /// which is that of the start of the rankers' window.
    public var time: Int64?
    /// One per user, in the order of the users.
    public var features: [UserFeature]

    /// A snapshot.
    public init(time: Int64? = nil, features: [UserFeature]) { (self.time, self.features) = (time, features) }
}

/// What stage 4 makes of a user's reasoning and answer for the ranking model, §2.4.
public struct UserFeature: Codable, Sendable, Equatable {
    /// The user.
    public var user: Int32
    /// Product-quantized codes of the user's embedding, `[M]`.
    public var codes: [Int]
    /// The most similar other users, nearest first.
    public var similarUsers: [Int32]
    /// Cosine of each one's embedding and the user's own.
    public var similarities: [Double]
    /// Version of the code book that made the codes.
    public var codebook: String
    /// Titles of the catalogue that are nearest to the answer, nearest first; nil without `rank.textCrosses`.
    public var titles: [String]?

    /// A record.
    public init(
        user: Int32, codes: [Int], similarUsers: [Int32], similarities: [Double], codebook: String,
        titles: [String]? = nil
    ) {
        self.user = user
        self.codes = codes
        self.similarUsers = similarUsers
        self.similarities = similarities
        self.codebook = codebook
        self.titles = titles
    }
}
