/// Counts of what data construction made.
public struct ConstructionSummary: Codable, Sendable, Equatable {
    /// Users of the run.
    public var users: Int
    /// Items that the users bought or could have been shown.
    public var items: Int
    /// Titles that can be recommended.
    public var catalogue: Int
    /// Prompt samples by role.
    public var samples: [String: Int]
    /// Rows of the source that were left out, by reason.
    public var skipped: [String: Int]
    /// Impressions by window.
    public var periods: [Period]

    /// Takes every value.
    public init(
        users: Int, items: Int, catalogue: Int, samples: [String: Int], skipped: [String: Int],
        periods: [Period]
    ) {
        self.users = users
        self.items = items
        self.catalogue = catalogue
        self.samples = samples
        self.skipped = skipped
        self.periods = periods
    }

    /// Impressions of one window.
    public struct Period: Codable, Sendable, Equatable {
        /// The window.
        public var period: TimePeriod
        /// Kept impressions: all conversions, and a share of the rest.
        public var impressions: Int
        /// Impressions whose visit bought something of the item's L2 category.
        public var clicks: Int
        /// Impressions whose visit bought the item.
        public var conversions: Int
    }
}
