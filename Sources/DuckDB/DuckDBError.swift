/// What the DuckDB program refused.
public enum DuckDBError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The program is not there.
    case missingProgram(tried: [String])
    /// The program cannot be started.
    case notStarted(path: String, reason: String)
    /// A statement failed; the message is DuckDB's.
    case statement(script: String, message: String)
    /// A file could not be written for want of space.
    case diskFull(script: String, message: String)

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .missingProgram(let tried):
            "the DuckDB program is missing (looked for \(tried.joined(separator: ", "))); run `make setup`"
        case .notStarted(let path, let reason): "\(path) cannot be started: \(reason)"
        case .statement(let script, let message): "\(script): \(message)"
        case .diskFull(let script, let message):
            "\(script): the disk is full (\(message)); free some space, or choose another --run folder"
        }
    }
}
