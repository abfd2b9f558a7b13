/// What the aligned model's reasoning about a user became, all of one version and written at once.
public struct LiveFeatures: Codable, Sendable, Equatable {
    /// The user's id in the logs.
    public var user: String
    /// The version whose model, code book and ranker belong together.
    public var version: String
    /// The model's reasoning and answer; empty where the run kept none.
    public var text: String
    /// Product-quantized codes, `[M]`.
    public var codes: [Int]
    /// The code book's version.
    public var codebook: String
    /// The nearest other users, nearest first.
    public var similarUsers: [String]
    /// Cosine of each one's embedding and the user's own.
    public var similarities: [Double]
    /// The similar users' behaviours, newest first: places in the version's catalogue.
    public var similarItems: [Int32]
    /// When they were made, in seconds since 1970.
    public var madeAt: Double
    /// Behaviours up to this time were seen, in seconds since 1970.
    public var historyUntil: Int64
    /// Events of the store up to this place were seen; 0 for none.
    public var position: Int64
}

/// A user as the store knows them.
public struct StoredUser: Sendable {
    /// The newest events, oldest first.
    public var events: [LiveEvent] = []
    /// Features of the version that was asked for.
    public var features: LiveFeatures?
}

/// A stale user that a worker has claimed.
public struct Claim: Sendable, Equatable {
    /// The user.
    public var user: String
    /// Whose features are stale.
    public var version: String
    /// The newest event at the time of the claim.
    public var position: Int64
    /// When the user became stale, in seconds since 1970.
    public var since: Double
    /// Earlier attempts that failed.
    public var tries: Int
    /// What the store needs to acknowledge the work; empty for most.
    public var tokens: [String] = []
}

/// How much work waits.
public struct WorkStatus: Sendable, Equatable {
    /// Stale users.
    public var waiting = 0
    /// When the one that waits longest became stale, in seconds since 1970.
    public var oldest: Double?
    /// Users given up on.
    public var dead = 0
    /// Users left out of a full backlog, since the store was made.
    public var dropped = 0
}

/// A version that the store knows.
public struct VersionRecord: Codable, Sendable, Equatable {
    /// Its name: a digest of model, code book, rankers and tables.
    public var name: String
    /// The run's folder.
    public var directory: String
    /// Whether it is activated as soon as enough active users have its features.
    public var activatesWhenReady = false
}
