public import Pipeline

/// What a ranker scores: a user, an item and a moment. `[N]` of them make a table.
public struct RankingRow: Sendable, Equatable {
    /// Index of the user.
    public var user: Int32
    /// Index of the item.
    public var item: Int32
    /// Hour of the visit; only what happened strictly before it is seen.
    public var time: Int32
    /// Display placement, as the source codes it.
    public var display: String
    /// Mailer placement, as the source codes it.
    public var mailer: String

    /// The placement of items that a user was not necessarily shown: not on display, on an inner page of the
    /// mailer, the most common of all promotions.
    public static let neutralPlacement = (display: "0", mailer: "A")

    /// A row.
    public init(user: Int32, item: Int32, time: Int32, display: String, mailer: String) {
        self.user = user
        self.item = item
        self.time = time
        self.display = display
        self.mailer = mailer
    }

    /// The row of an impression.
    public init(_ impression: Impression) {
        self.init(
            user: impression.user, item: impression.item, time: impression.time, display: impression.display,
            mailer: impression.mailer)
    }
}
