/// How a time is written.
public enum TimeUnit: String, Codable, Sendable, CaseIterable {
    /// ISO 8601, such as `2024-01-31 18:30:00+01:00`, or a date
    case iso
    /// in the form that `pattern` states
    case pattern
    /// numbers that only say what came first; windows are shares of the events then
    case order
    /// seconds since 1970
    case seconds = "s"
    /// milliseconds since 1970
    case milliseconds = "ms"
    /// microseconds since 1970
    case microseconds = "us"
}
