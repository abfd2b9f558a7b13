/// What a conversion without a click is.
public enum UnclickedRule: String, Codable, Sendable, CaseIterable {
    /// a fault: the run stops
    case refuse
    /// a click that was not logged
    case click
    /// no conversion
    case ignore
}
