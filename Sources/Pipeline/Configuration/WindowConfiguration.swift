public import Foundation

/// Where each window after the first begins: a date, a share of the events, or days before the end.
public struct WindowConfiguration: Codable, Sendable, Equatable {
    /// Start of the language model's targets; earlier impressions train the reward ranker.
    public var languageModel = "60%"
    /// Start of the impressions that train the compared rankers.
    public var rankerTraining = "75%"
    /// Start of the test.
    public var test = "90%"
    /// Start of what is not used; empty for nothing.
    public var end = ""

    /// Windows by shares of the events.
    public init() {}

    /// Names and texts of the starts, in order of time.
    public var starts: [(name: String, text: String)] {
        [
            ("languageModel", languageModel), ("rankerTraining", rankerTraining), ("test", test),
            ("end", end),
        ]
    }
}

/// A moment at which a window begins.
public enum WindowStart: Sendable, Equatable {
    /// A moment in UTC.
    case date(Date)
    /// The moment before which this share of the events lies.
    case share(Double)
    /// Days before the newest event.
    case daysBeforeEnd(Double)
    /// After the newest event.
    case end

    /// Reads `2024-01-31`, `2024-01-31T18:00:00`, `60%` or `-14d`; an empty text is the end. Nil for any
    /// other text.
    public init?(_ text: String) {
        if text.isEmpty {
            self = .end
        } else if text.hasSuffix("%"), let share = Double(text.dropLast()), share > 0, share < 100 {
            self = .share(share / 100)
        } else if text.hasPrefix("-"), text.hasSuffix("d"), let days = Double(text.dropFirst().dropLast()),
            days > 0, days.isFinite
        {
            self = .daysBeforeEnd(days)
        } else if let date = Self.date(text) {
            self = .date(date)
        } else {
            return nil
        }
    }

    private static func date(_ text: String) -> Date? {
        let day = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()
        if let date = try? day.parse(text), text.count == 10 { return date }
        return try? day.dateTimeSeparator(.standard).time(includingFractionalSeconds: false).parse(text)
    }

    /// A number that grows with time among starts of one kind; nil for the end.
    var order: Double? {
        switch self {
        case .date(let date): date.timeIntervalSince1970
        case .share(let share): share
        case .daysBeforeEnd(let days): -days
        case .end: nil
        }
    }

    /// Whether both are stated in the same way.
    func isLike(_ other: WindowStart) -> Bool {
        switch (self, other) {
        case (.date, .date), (.share, .share), (.daysBeforeEnd, .daysBeforeEnd): true
        default: false
        }
    }
}
