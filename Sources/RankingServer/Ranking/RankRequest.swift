/// A user's candidates to be ranked.
public struct RankRequest: Sendable, Equatable {
    /// One item to be ranked.
    public struct Candidate: Sendable, Equatable {
        /// The logs' own id.
        public var item: String
        /// What a conversion is worth; the order is by pCTCVR · bid where every candidate has one.
        public var bid: Double?
        /// Values of the context's columns, in place of the request's.
        public var context: [String: String] = [:]
    }

    /// The logs' own id.
    public var user: String
    /// The candidates; empty for the run's catalogue of titles.
    public var candidates: [Candidate]
    /// Values of the context's columns; the usual ones where they are not given.
    public var context: [String: String]
    /// The moment, in seconds since 1970.
    public var time: Int64
    /// At most so many items are answered; nil for all.
    public var limit: Int?
    /// Whether the baseline ranker answers even where features are there: what the features change.
    public var usesBaseline = false
}

/// What a ranker says of candidates, and which versions said it.
public struct Ranking: Sendable, Equatable {
    /// One item in its place.
    public struct Entry: Sendable, Equatable {
        /// The logs' own id.
        public var item: String
        /// P(click).
        public var ctr: Double
        /// P(conversion | click).
        public var cvr: Double
        /// P(click and conversion).
        public var ctcvr: Double
        /// As in the request.
        public var bid: Double?
    }

    /// Why a user's features were not used.
    public enum Fallback: String, Sendable, Equatable {
        /// The user has none of this version.
        case noFeatures
        /// The request wanted it.
        case requested
    }

    /// Best first.
    public var entries: [Entry]
    /// The version that answered.
    public var version: String
    /// The code book whose codes were read; nil where none were.
    public var codebook: String?
    /// When the features were made, in seconds since 1970; nil without any.
    public var featuresMadeAt: Double?
    /// Whether behaviours are known that the features have not seen.
    public var isStale: Bool
    /// Whether there are behaviours that the model could reason about.
    public var hasBehaviors = true
    /// Why the baseline ranker answered; nil where the enhanced one did.
    public var fallback: Fallback?
}
