import DuckDB
import Pipeline

/// How a text becomes a time in UTC.
struct TimeText {
    private let unit: TimeUnit
    private let pattern: String
    private let zone: String

    init(_ unit: TimeUnit, _ pattern: String, zone: String) {
        (self.unit, self.pattern, self.zone) = (unit, pattern, zone)
    }

    /// Units of a second; nil for times that are no numbers.
    var unitsPerSecond: Double? {
        switch unit {
        case .seconds, .order: 1
        case .milliseconds: 1e3
        case .microseconds: 1e6
        case .iso, .pattern: nil
        }
    }

    /// An expression for the time in UTC; NULL where the text has another form or, as a number, lies in a
    /// century that only another unit explains.
    func value(_ text: String) -> String {
        if let unitsPerSecond {
            // 1973, before which nobody logged; in another unit, times of today lie before it or after 5138.
            let least = unit == .order ? "0" : "1e8"
            return "from_seconds(as_number(\(text)) / \(unitsPerSecond), \(least))"
        }
        if unit == .iso { return "timezone('UTC', finite(TRY_CAST(trim(\(text)) AS TIMESTAMPTZ)))" }
        let parsed = "try_strptime(trim(\(text)), \(DuckDBProgram.literal(pattern)))"
        // With a zone in the text the result has one already.
        if pattern.contains("%z") || pattern.contains("%Z") { return "timezone('UTC', \(parsed))" }
        return "timezone('UTC', timezone(\(DuckDBProgram.literal(zone)), \(parsed)))"
    }

    /// An expression for the text of a time that cannot be read.
    func bad(_ text: String) -> String {
        "CASE WHEN \(value(text)) IS NULL THEN coalesce(\(text), '') END"
    }

    /// The unit in which a number would be a time between 1973 and 5138; nil if there is none or if it is no
    /// number.
    static func unit(thatFits text: String) -> TimeUnit? {
        guard let number = Double(text) else { return nil }
        switch number {
        case 1e8..<1e11: return .seconds
        case 1e11..<1e14: return .milliseconds
        case 1e14..<1e17: return .microseconds
        default: return nil
        }
    }
}
