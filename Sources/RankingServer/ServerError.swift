/// What keeps a service from starting or going on.
public enum ServerError: Error, Sendable, CustomStringConvertible {
    /// A setting that a service cannot have.
    case setting(key: String, message: String)
    /// A store that cannot be opened or used.
    case store(place: String, message: String)
    /// More work waits than may wait.
    case busy

    /// What happened and what to do.
    public var description: String {
        switch self {
        case .setting(let key, let message): "the setting '\(key)' \(message)"
        case .store(let place, let message): "the store \(place) \(message)"
        case .busy: "more requests wait than may wait (serve.waitingRequests); try again"
        }
    }
}
