/// Data construction: who takes part, which windows, how long a history is. §2.1, §3.1.1.
public struct ConstructConfiguration: Codable, Sendable, Equatable {
    /// Where users, items, events and promotions come from.
    public var source = SourceConfiguration()
    /// Users in the run, drawn by seed among those with enough history and with promoted purchases in the
    /// windows of the language model and of the test.
    public var users = 240
    /// Purchases that a user must have made before the language model's window.
    public var minimumPurchases = 20
    /// Users whose next purchase fine-tunes the language model.
    public var activateUsers = 64
    /// Users whose next purchase aligns the language model.
    public var collaborateUsers = 48
    /// Users whose next purchase tests the language model.
    public var testUsers = 64
    /// Titles that can be recommended: the most purchased promoted titles.
    public var catalogueSize = 2000
    /// Purchases per prompt, newest first.
    public var historyLength = 6
    /// What a prompt asks, between the purchases and the form of the answer.
    public var request = defaultRequest
    /// Share of a visit's promoted products without a purchase that are kept as impressions; purchased ones
    /// are always kept, and the rankers correct for the rate.
    public var impressionRate = 0.003
    /// Test visits whose promoted products are all kept for the A/B simulation; 0 leaves it out.
    public var auctionVisits = 150
    /// The windows in time: reward ranker, then language model, then compared rankers, then test.
    public var weeks = WeekConfiguration()
    /// The teacher that writes reasoning, §2.1.2.
    public var teacher = TeacherConfiguration()

    /// The demo's values.
    public init() {}

    /// The request of a prompt by default.
    public static let defaultRequest =
        "Reason about what this shopper needs and predict the promoted item they buy next, in this form:"
}

/// First week of each window after the first. Weeks count from 1.
public struct WeekConfiguration: Codable, Sendable, Equatable {
    /// First week of the language model's targets; earlier weeks train the reward ranker.
    public var languageModel = 31
    /// First week of the impressions that train the compared rankers.
    public var rankerTraining = 37
    /// First week of the test.
    public var test = 47
    /// First week that is not used.
    public var end = 54

    /// The Complete Journey's 53 weeks.
    public init() {}

    /// First hour of a week. Week 1 is the log's first Sunday alone; week w begins w − 2 weeks after the
    /// Monday that follows.
    public func startHour(of week: Int) -> Int { 24 + 168 * (week - 2) }
}

/// Where the logs are.
public struct SourceConfiguration: Codable, Sendable, Equatable {
    /// Folder with the Parquet files of The Complete Journey; empty for the fetched copy.
    public var folder = ""
    /// SQL file that defines `source_users`, `source_items`, `source_events` and `source_promotions` from
    /// your own logs, in any format that DuckDB reads; empty for The Complete Journey. Docs/Artifacts.md
    /// lists the columns.
    public var script = ""

    /// The fetched data.
    public init() {}
}
