/// Data construction: who takes part, which windows, how long a history is. §2.1, §3.1.1.
public struct ConstructConfiguration: Codable, Sendable, Equatable {
    /// Where users, items, events and impressions come from.
    public var source = SourceConfiguration()
    /// What impressions are where none were logged.
    public var standIn = StandIn.popular
    /// Items drawn per visit as impressions without a click, with `standIn: popular` or `uniform`.
    public var negativesPerVisit = 20
    /// Users in the run, drawn by seed among those with enough history and with a target that can be
    /// predicted.
    public var users = 240
    /// Purchases that a user must have made before the language model's window.
    public var minimumPurchases = 2
    /// In which windows a user needs a target to be drawn.
    public var qualifying = Qualifying.either
    /// Users whose next purchase fine-tunes the language model.
    public var activateUsers = 64
    /// Users whose next purchase aligns the language model.
    public var collaborateUsers = 48
    /// Users whose next purchase tests the language model.
    public var testUsers = 64
    /// Targets per user of fine-tuning and alignment, each with the history of its own moment.
    public var samplesPerUser = 1
    /// Titles that can be recommended: the most purchased promoted titles.
    public var catalogueSize = 2000
    /// Purchases per prompt, newest first.
    public var historyLength = 6
    /// Share of the impressions without a conversion that are kept; those with one are always kept, and the
    /// rankers correct for the rate.
    public var impressionRate = 1.0
    /// Test requests whose impressions are all kept for the A/B simulation; 0 leaves it out.
    public var auctionVisits = 150
    /// The windows in time: reward ranker, then language model, then compared rankers, then test.
    public var windows = WindowConfiguration()
    /// Memory that queries over the logs may take before they use the disk.
    public var queryMemory = 2.0
    /// What the language model reads, §2.1.
    public var prompt = PromptConfiguration()
    /// The teacher that writes reasoning, §2.1.2.
    public var teacher = TeacherConfiguration()

    /// The demo's values.
    public init() {}

    /// `queryMemory` in DuckDB's words.
    public var memoryLimit: String { "\(Int((queryMemory * 1024).rounded())) MiB" }

    /// Windows in which a user needs a target.
    public enum Qualifying: String, Codable, Sendable, CaseIterable {
        /// in the language model's and in the test's
        case both
        /// in one of the two; the user has a role of that window
        case either
    }

    /// What stands in for impressions.
    public enum StandIn: String, Codable, Sendable, CaseIterable {
        /// promoted items of the store and week of a visit, from `source_promotions` of a script
        case promotions
        /// what a visit bought or looked at, and items drawn by how often they are bought
        case popular
        /// what a visit bought or looked at, and items drawn alike from the catalogue
        case uniform

        /// The same as an origin of impressions.
        public var origin: ImpressionOrigin {
            switch self {
            case .promotions: .promotions
            case .popular: .popular
            case .uniform: .uniform
            }
        }
    }
}
