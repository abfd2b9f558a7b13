/// What a configuration file or a `--set` got wrong.
public enum ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file cannot be read or is not YAML.
    case unreadable(file: String, reason: String)
    /// A key that no setting has.
    case unknownKey(place: String, key: String, nearest: String?)
    /// A key of an earlier version, whose setting has another path now.
    case movedKey(place: String, key: String, now: String)
    /// A value of another kind than the setting's.
    case wrongKind(place: String, key: String, expected: String, found: String)
    /// A value that is out of range, with file and line where they are known.
    case invalid(key: String, message: String, place: String? = nil)

    /// The message for a user: what happened, what was expected, what to do.
    public var description: String {
        switch self {
        case .unreadable(let file, let reason):
            "\(file): cannot be read as a configuration: \(reason)"
        case .unknownKey(let place, let key, let nearest):
            "\(place): unknown key '\(key)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")
        case .movedKey(let place, let key, let now):
            "\(place): unknown key '\(key)'; this setting is '\(now)' now"
        case .wrongKind(let place, let key, let expected, let found):
            "\(place): '\(key)' expects \(expected), found \(found)"
        case .invalid(let key, let message, let place):
            "\(place ?? "configuration"): '\(key)' \(message)"
        }
    }
}
