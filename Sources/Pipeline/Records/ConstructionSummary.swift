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
    /// Where each window begins.
    public var windows: Windows
    /// What is known of the moment of an impression.
    public var context: [ContextField]
    /// What impressions are: logged ones, or what stands in for them.
    public var impressions: ImpressionOrigin
    /// Prompts whose oldest behaviours did not fit `construct.prompt.maximumTokens`.
    public var cutPrompts: Int
    /// Behaviours that were cut, over all prompts.
    public var cutBehaviors: Int

    /// Takes every value.
    public init(
        users: Int, items: Int, catalogue: Int, samples: [String: Int], skipped: [String: Int],
        periods: [Period], windows: Windows, context: [ContextField], impressions: ImpressionOrigin,
        cutPrompts: Int = 0, cutBehaviors: Int = 0
    ) {
        self.users = users
        self.items = items
        self.catalogue = catalogue
        self.samples = samples
        self.skipped = skipped
        self.periods = periods
        self.windows = windows
        self.context = context
        self.impressions = impressions
        self.cutPrompts = cutPrompts
        self.cutBehaviors = cutBehaviors
    }

    /// Starts of the windows, in seconds since 1970.
    public struct Windows: Codable, Sendable, Equatable {
        /// The language model's targets; earlier impressions train the reward ranker.
        public var languageModel: Int64
        /// The impressions that train the compared rankers.
        public var rankerTraining: Int64
        /// The test.
        public var test: Int64
        /// What is not used.
        public var end: Int64

        /// Creates windows that follow each other.
        public init(languageModel: Int64, rankerTraining: Int64, test: Int64, end: Int64) {
            self.languageModel = languageModel
            self.rankerTraining = rankerTraining
            self.test = test
            self.end = end
        }

        /// Times at which stage 4 makes features, evenly spaced from the start of the rankers' window to the
        /// end.
        ///
        /// - Parameter count: `rank.snapshots`; 1 or more.
        public func snapshotTimes(_ count: Int) -> [Int64] {
            (0..<Int64(count)).map { rankerTraining + (end - rankerTraining) * $0 / Int64(count) }
        }
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
