public import RankingExperiment

extension Replay {
    /// What came of it.
    public struct Result: Codable, Sendable {
        /// Frozen features first, over which all lifts are.
        public var arms: [AuctionReplay.Arm]
        /// Behaviours that were sent.
        public var events: Int
        /// Visits that were ranked.
        public var visits: Int
        /// Share of the rankings whose features had seen every earlier behaviour.
        public var freshShare: Double
        /// From the newest behaviour to its features, as waited for, in seconds: mean and maximum; nil where
        /// nobody waited.
        public var meanWaitSeconds: Double?
        /// See `meanWaitSeconds`.
        public var maximumWaitSeconds: Double?
        /// Length of the window over the time that it took.
        public var speedUp: Double
    }

    /// How time passes.
    public enum Pace: Sendable, Equatable {
        /// A ranking waits until the user's features have seen the behaviours before it, at most so many
        /// seconds: as in life, where hours lie between two visits.
        case waiting(seconds: Double)
        /// So many times as fast as it was.
        case speedUp(Double)
    }
}
