/// What happens where two rows describe one id differently.
public enum DuplicateRule: String, Codable, Sendable, CaseIterable {
    /// the run stops and names both rows
    case refuse
    /// the first row counts
    case first
    /// the last row counts
    case last
}
