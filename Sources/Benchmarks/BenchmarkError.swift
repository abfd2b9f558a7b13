/// What a benchmark was asked for and cannot time.
public enum BenchmarkError: Error, Sendable, CustomStringConvertible, Equatable {
    /// A size or a count is out of range, or a file holds nothing to time.
    case request(String)
    /// The system does not say how much memory this process held.
    case memory(String)

    /// The message for a user: what happened, what was expected, what to do.
    public var description: String {
        switch self {
        case .request(let message), .memory(let message): message
        }
    }

    /// Throws unless every named number is at least 1.
    static func requirePositive(_ numbers: KeyValuePairs<String, Int>) throws {
        for (name, number) in numbers where number < 1 {
            throw BenchmarkError.request("\(name) is \(number); expected at least 1")
        }
    }
}
