/// Something that happened after the run's logs end: a behaviour, or an impression with what came of it.
public struct LiveEvent: Codable, Sendable, Equatable {
    /// What happened.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// The user bought the item.
        case purchase
        /// The user clicked the item.
        case click
        /// The user looked at the item.
        case view
        /// The user was shown the item; `isClick` and `isConversion` tell what came of it. Kept for the next
        /// run, and no part of a history.
        case impression
    }

    /// The client's own name for the event; a second one of the same name is the same event.
    public var id: String
    /// The logs' own id.
    public var user: String
    /// The logs' own id.
    public var item: String
    /// Seconds since 1970, UTC.
    public var time: Int64
    /// What happened.
    public var kind: Kind
    /// Pieces.
    public var quantity: Int32 = 1
    /// Paid, in the source's currency.
    public var value: Double = 0
    /// Of an impression.
    public var isClick = false
    /// Of an impression.
    public var isConversion = false
    /// Of an impression: values of the context's columns.
    public var context: [String: String] = [:]
    /// Its place among all events of the store, given when it is kept.
    public var position: Int64 = 0
}
