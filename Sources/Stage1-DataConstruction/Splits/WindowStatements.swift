import DuckDB
import Foundation
import Pipeline

extension WindowConfiguration {
    private static let variables = [
        "languageModel": "language_start", "rankerTraining": "ranker_start", "test": "test_start",
        "end": "end_time",
    ]

    /// Variables for the starts that are dates, which a script may use to say what is known before a window.
    var dateStatements: String {
        starts.compactMap { name, text in
            guard case .date(let date) = WindowStart(text) else { return nil }
            return Self.assign(name, Self.literal(date))
        }.joined(separator: "\n")
    }

    /// Variables for all starts, from the events of the source.
    var statements: String {
        starts.compactMap { name, text in
            switch WindowStart(text) {
            case .date(let date): Self.assign(name, Self.literal(date))
            case .share(let share):
                Self.assign(name, "(SELECT quantile_disc(time, \(share)) FROM source_events)")
            case .daysBeforeEnd(let days):
                Self.assign(name, "(SELECT max(time) - to_seconds(\(days * 86_400)) FROM source_events)")
            case .end: Self.assign(name, "(SELECT max(time) + INTERVAL 1 SECOND FROM source_events)")
            case nil: nil
            }
        }.joined(separator: "\n")
    }

    private static func assign(_ name: String, _ value: String) -> String {
        "SET VARIABLE \(variables[name] ?? name) = \(value);"
    }

    private static func literal(_ date: Date) -> String {
        "make_timestamp(\(Int(date.timeIntervalSince1970) * 1_000_000))"
    }
}
