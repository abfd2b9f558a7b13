extension ServeConfiguration: ConfigurationSection {
    /// See `ConfigurationSection`.
    public static var settings: [Setting<ServeConfiguration>] {
        placeSettings + limitSettings + workerSettings
    }

    private static var placeSettings: [Setting<ServeConfiguration>] {
        [
            .text(
                "host", \.host,
                "Where the service listens; anything but a loopback address needs a bearer token.",
                effect: "`0.0.0.0` listens on every network; the token is read from the environment variable "
                    + "`TAIJI_TOKEN`."),
            .count(
                "port", \.port, 0..., upTo: 65_535, unit: "",
                "The port; 0 takes a free one.",
                raising: "No effect; the first line of the output tells the address."),
            .text(
                "store", \.store,
                "Where events and features are kept: `sqlite://PATH` or `redis://HOST:PORT/NUMBER`; empty "
                    + "for a file "
                    + "in the run's folder.",
                effect: "One SQLite file serves one process; Redis serves any number of them."),
            .choice(
                "role", \.role, "What this process does.",
                effect: "Ranking and reasoning in separate processes need a Redis store."
            ) { choice in
                switch choice {
                case .all: "Answers requests and reasons."
                case .rank: "Answers requests."
                case .reason: "Reasons."
                }
            },
        ]
    }

    private static var limitSettings: [Setting<ServeConfiguration>] {
        [
            .count(
                "maximumBodyKiB", \.maximumBodyKiB, 1..., unit: "KiB",
                "Maximum size of a request's body.",
                raising: "Larger requests are taken, each of which is in memory."),
            .count(
                "maximumCandidates", \.maximumCandidates, 1..., unit: "items",
                "Maximum number of candidates in a request.",
                raising: "Larger requests hold up those behind them."),
            .count(
                "maximumRecords", \.maximumRecords, 1..., unit: "records",
                "Maximum number of events, or of items, in a request.",
                raising: "Larger requests are committed at once."),
            .count(
                "maximumIdBytes", \.maximumIdBytes, 1..., unit: "bytes",
                "Maximum length of an id, in bytes of UTF-8.",
                raising: "Longer ids are taken; the store grows with them."),
            .count(
                "maximumConnections", \.maximumConnections, 1..., unit: "connections",
                "Maximum number of open connections; more wait to be accepted.",
                raising: "More clients are served at a time, with memory for each."),
            .count(
                "requestSeconds", \.requestSeconds, 1..., unit: "s",
                "Time that a request's header, and then its body, may take.",
                raising: "Slower clients are served, and hold their connection longer."),
            .count(
                "rankThreads", \.rankThreads, 1..., unit: "threads",
                "Threads that rank.",
                raising: "More requests a second up to the number of cores; one core should be left for "
                    + "reasoning where one process does both."),
            .count(
                "waitingRequests", \.waitingRequests, 1..., unit: "requests",
                "Requests that may wait to be ranked, and writes that may wait to be committed; more are "
                    + "answered "
                    + "with 429.",
                raising: "Bursts are taken at the price of longer waits."),
            .count(
                "eventsPerUser", \.eventsPerUser, 1..., unit: "events",
                "Later events of a user that are read for ranking and reasoning, the newest.",
                raising: "Counts reach further back; requests of busy users take longer."),
            .count(
                "cachedUsers", \.cachedUsers, 1..., unit: "users",
                "Users whose state is kept in memory.",
                raising: "Fewer reads of the store, at a few kilobytes a user."),
        ]
    }

    private static var workerSettings: [Setting<ServeConfiguration>] {
        [
            .choice(
                "priority", \.priority, "Whom the worker reasons about first.",
                effect: "Decides which users have fresh features when the worker cannot keep up."
            ) { choice in
                switch choice {
                case .requestedFirst: "Users that a request asked for, then those that wait longest."
                case .oldestFirst: "Those that wait longest."
                case .newestFirst: "Those with the newest behaviour."
                }
            },
            .count(
                "reasoningBatch", \.reasoningBatch, 1..., upTo: 64, unit: "users",
                "Users that are reasoned about side by side.",
                raising: "More users a second; each of them waits longer."),
            .count(
                "reasoningThreads", \.reasoningThreads, 1..., unit: "threads",
                "Threads of reasoning while requests are being ranked; without any, reasoning takes "
                    + "`threads`.",
                raising: "Fresher features under load; ranking gets slower once the cores are shared."),
            .count(
                "backlogLimit", \.backlogLimit, 1..., unit: "users",
                "Stale users that may wait for reasoning; beyond it, the least important are left out and "
                    + "counted.",
                raising: "A longer backlog is worked off; its features come later."),
            .count(
                "maximumTries", \.maximumTries, 1..., unit: "attempts",
                "Attempts to reason about a user before the worker gives up on that state.",
                raising: "Passing faults are outlasted; a state that always fails costs more."),
            .count(
                "claimSeconds", \.claimSeconds, 1..., unit: "s",
                "Time after which another worker takes over what a silent one had claimed.",
                raising: "Slow workers keep what they claimed; the users of a dead one wait longer."),
            .number(
                "activationShare", \.activationShare, .within(0, 1), unit: "share of the active users",
                "Share of the active users that must have a new version's features before it can be "
                    + "activated.",
                raising: "Fewer requests fall back to the baseline ranker after a switch, which comes "
                    + "later."),
            .count(
                "activeDays", \.activeDays, 1..., unit: "days",
                "How recently a user must have done or asked something to count as active.",
                raising: "More users are given features before a switch."),
        ]
    }
}
