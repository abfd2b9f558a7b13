/// Data construction: who takes part, which windows, how long a history is. §2.1, §3.1.1.
public struct ConstructConfiguration: Codable, Sendable, Equatable {
    /// Where users, items, events and promotions come from.
    public var source = SourceConfiguration()
    /// Users of the run, drawn by seed among those with enough history and a purchase in every window.
    public var users = 240
    /// Purchases before the language model's window that a user must have.
    public var minimumPurchases = 20
    /// Users whose next purchase fine-tunes the language model.
    public var activateUsers = 64
    /// Users whose next purchase aligns it.
    public var collaborateUsers = 48
    /// Users whose next purchase tests it.
    public var testUsers = 64
    /// Titles that can be recommended: the promoted titles that were bought most.
    public var catalogueSize = 2000
    /// Purchases in a prompt, newest first (§2.1.1: 50).
    public var historyLength = 6
    /// What a prompt asks, after profile and purchases and before the form of the answer.
    public var request = defaultRequest
    /// Share of the promoted products of a visit, other than those bought, that are kept as impressions.
    public var impressionRate = 0.003
    /// Visits of the test window whose promoted products are all kept, for the A/B simulation; 0 simulates
    /// nothing.
    public var auctionVisits = 150
    /// The windows.
    public var weeks = WeekConfiguration()
    /// The teacher that writes reasoning, §2.1.2.
    public var teacher = TeacherConfiguration()

    /// The demo's values.
    public init() {}

    /// The words that prompts had before they were a setting.
    public static let defaultRequest =
        "Reason about what this shopper needs and predict the promoted item they buy next, in this form:"
}

/// First week of each window after the first; weeks are counted from 1.
public struct WeekConfiguration: Codable, Sendable, Equatable {
    /// First week of the language model's targets.
    public var languageModel = 31
    /// First week of the impressions that train the compared rankers.
    public var rankerTraining = 37
    /// First week of the test.
    public var test = 47
    /// First week that is not used.
    public var end = 54

    /// The Complete Journey's 53 weeks.
    public init() {}

    /// First hour of a week. Week 1 is the log's first Sunday alone; week w begins on the Monday w − 2 weeks
    /// later.
    public func startHour(of week: Int) -> Int { 24 + 168 * (week - 2) }
}

/// Where the logs are.
public struct SourceConfiguration: Codable, Sendable, Equatable {
    /// Folder of The Complete Journey's Parquet files; empty for the fetched one.
    public var folder = ""
    /// SQL that makes the relations `source_users`, `source_items`, `source_events` and `source_promotions`
    /// from a user's own logs (any files that DuckDB reads); empty for The Complete Journey.
    /// Docs/Artifacts.md lists the columns.
    public var script = ""

    /// The fetched data.
    public init() {}
}
