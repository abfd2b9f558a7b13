/// The service, §2.4: its limits, its store and its near-online worker.
public struct ServeConfiguration: Codable, Sendable, Equatable {
    /// Where the service listens; anything but a loopback address needs a bearer token.
    public var host = "127.0.0.1"
    /// The port; 0 takes a free one.
    public var port = 8080
    /// Where events and features are kept: `sqlite://PATH` or `redis://HOST:PORT/NUMBER`; empty for a file
    /// in the run's folder.
    public var store = ""
    /// What this process does.
    public var role = Role.all
    /// Maximum size of a request's body.
    public var maximumBodyKiB = 1024
    /// Maximum number of candidates in a request.
    public var maximumCandidates = 2000
    /// Maximum number of events, or of items, in a request.
    public var maximumRecords = 1000
    /// Maximum length of an id, in bytes of UTF-8.
    public var maximumIdBytes = 256
    /// Maximum number of open connections; more wait to be accepted.
    public var maximumConnections = 1024
    /// Time that a request's header, and then its body, may take.
    public var requestSeconds = 10
    /// Threads that rank.
    public var rankThreads = 1
    /// Requests that may wait to be ranked, and writes that may wait to be committed; more are answered with
    /// 429.
    public var waitingRequests = 256
    /// Later events of a user that are read for ranking and reasoning, the newest.
    public var eventsPerUser = 1000
    /// Users whose state is kept in memory.
    public var cachedUsers = 10_000
    /// Whom the worker reasons about first.
    public var priority = Priority.requestedFirst
    /// Users that are reasoned about side by side.
    public var reasoningBatch = 8
    /// Threads of reasoning while requests are being ranked; without any, reasoning takes `threads`.
    public var reasoningThreads = 1
    /// Stale users that may wait for reasoning; beyond it, the least important are left out and counted.
    public var backlogLimit = 100_000
    /// Attempts to reason about a user before the worker gives up on that state.
    public var maximumTries = 5
    /// Time after which another worker takes over what a silent one had claimed.
    public var claimSeconds = 60
    /// Share of the active users that must have a new version's features before it can be activated.
    public var activationShare = 0.95
    /// How recently a user must have done or asked something to count as active.
    public var activeDays = 7

    /// What a process does.
    public enum Role: String, Codable, Sendable, CaseIterable {
        /// Answers requests and reasons.
        case all
        /// Answers requests.
        case rank
        /// Reasons.
        case reason
    }

    /// The order in which stale users are reasoned about.
    public enum Priority: String, Codable, Sendable, CaseIterable {
        /// Users that a request asked for, then those that wait longest.
        case requestedFirst
        /// Those that wait longest.
        case oldestFirst
        /// Those with the newest behaviour.
        case newestFirst
    }

    /// The defaults.
    public init() {}
}
