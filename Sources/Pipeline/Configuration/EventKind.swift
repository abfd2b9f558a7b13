/// What an event says about the user and the item.
public enum EventKind: String, Codable, Sendable, CaseIterable {
    /// the user saw the item
    case view
    /// the user chose to see the item
    case click
    /// the user bought the item
    case purchase
    /// anything else; it is in no history
    case other
}
