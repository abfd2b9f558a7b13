/// What is wrong with a source: where, why, and what mends it.
public struct SourceFault: Codable, Sendable, Equatable, CustomStringConvertible {
    /// Whether a run can go on.
    public enum Severity: String, Codable, Sendable {
        /// A run would stop or be worth nothing.
        case error
        /// A run leaves the rows out, or is poorer for it.
        case warning
    }

    /// Whether a run can go on.
    public var severity: Severity
    /// What kind of fault it is, such as `unknownItem`.
    public var code: String
    /// The file; nil for what no single file shows.
    public var file: String?
    /// The row in the file, from 1, a header counted; nil for what no row shows.
    public var row: Int?
    /// The column; nil for a whole row.
    public var column: String?
    /// What the file has there.
    public var value: String?
    /// Rows with this fault.
    public var rows: Int
    /// What is wrong, as a clause.
    public var reason: String
    /// What to do.
    public var remedy: String

    /// The fault as one sentence with its place.
    public var description: String {
        let place = [file, row.map { "row \($0)" }, column.map { "column '\($0)'" }].compactMap(\.self)
        let shown = value.map { ", '\($0.prefix(80))'" } ?? ""
        return "\(severity.rawValue): \((place.joined(separator: ", ") + shown).nonEmpty("the source")): "
            + "\(reason); \(remedy)"
    }
}

extension String {
    fileprivate func nonEmpty(_ other: String) -> String { isEmpty ? other : self }
}
