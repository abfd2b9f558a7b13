public import Foundation
import Pipeline

/// What `taiji check` found in a source.
public struct SourceReport: Codable, Sendable, Equatable {
    /// Rows that can be used.
    public var counts: SourceCounts
    /// Everything that is wrong, errors first.
    public var faults: [SourceFault]
    /// What a run would be made of; nil where it would stop.
    public var run: RunReport?

    /// Whether a run would stop or be worth nothing.
    public var hasErrors: Bool { faults.contains { $0.severity == .error } }
}

/// Rows of a source's relations that can be used.
public struct SourceCounts: Codable, Sendable, Equatable {
    /// Users of the file of users, or who the logs name.
    public var users = 0
    /// Items of the files of items.
    public var items = 0
    /// Events of all kinds.
    public var events = 0
    /// Events that are purchases.
    public var purchases = 0
    /// Events that are views.
    public var views = 0
    /// Items that were shown.
    public var impressions = 0
    /// Impressions with a click.
    public var clicks = 0
    /// Impressions with a conversion.
    public var conversions = 0
    /// Events that are clicks.
    public var eventClicks = 0
    /// Events of the same user, item, time and kind as another.
    public var duplicateEvents = 0
    /// Days in a row without any event.
    public var longestGapDays = 0
    /// Users with an event.
    public var usersSeen = 0
    /// Items with an event.
    public var itemsSeen = 0
    /// Items without a title.
    public var itemsWithoutTitle = 0
    /// Items without a price.
    public var itemsWithoutPrice = 0
    /// Items without a category.
    public var itemsWithoutCategory = 0
    /// The oldest event, in microseconds since 1970; 0 without events.
    public var firstMicroseconds = 0
    /// The newest event, in microseconds since 1970; 0 without events.
    public var lastMicroseconds = 0

    /// The oldest event.
    public var first: Date { Date(timeIntervalSince1970: Double(firstMicroseconds) / 1e6) }
    /// The newest event.
    public var last: Date { Date(timeIntervalSince1970: Double(lastMicroseconds) / 1e6) }
}
