public import Pipeline

/// A user as a service knows them: what the logs and later events say, and the features of the newest
/// reasoning.
public struct LiveUser: Sendable {
    /// Id and attributes.
    public var user: User
    /// Behaviours by time; items are places in the catalogue.
    public var events: [Event]
    /// Product-quantized codes, `[M]`; empty without features.
    public var codes: [Int]
    /// The similar users' sequence, newest first; empty without features.
    public var similarItems: [Int32]

    /// What was counted of the events at an earlier ranking; goes with these events alone.
    public var counted: CountedEvents?

    /// Counts of a user's behaviours up to a moment, so that the next ranking goes on from there.
    public struct CountedEvents: Sendable {
        let state: UserState
        let time: Int64
        /// The events and the catalogue that were counted.
        let origin: Origin

        /// Tells lists of events apart, of which each new one has a basket of its own.
        struct Origin: Equatable {
            let count: Int
            let last: Int64?
            let catalogue: Int

            init(_ events: [Event], _ catalogue: LiveCatalogue) {
                (count, last, self.catalogue) = (events.count, events.last?.basket, catalogue.changes)
            }
        }
    }

    /// Takes every value.
    public init(user: User, events: [Event], codes: [Int] = [], similarItems: [Int32] = []) {
        self.user = user
        self.events = events
        self.codes = codes
        self.similarItems = similarItems
    }
}

/// Items to be ranked for one user at one moment.
public struct LiveCandidates: Sendable {
    /// Places in the catalogue, `[N]`.
    public var items: [Int32]
    /// Values of the context's columns for each, `[N][columns]`.
    public var contexts: [[String]]
    /// The moment, in seconds since 1970; behaviours strictly before it are seen.
    public var time: Int64

    /// Takes every value.
    public init(items: [Int32], contexts: [[String]], time: Int64) {
        self.items = items
        self.contexts = contexts
        self.time = time
    }
}
