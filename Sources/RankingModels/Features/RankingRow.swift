public import Pipeline

/// What a ranker scores: a user, an item and a moment. `[N]` of them make a table.
public struct RankingRow: Sendable, Equatable {
    /// Index of the user.
    public var user: Int32
    /// Index of the item.
    public var item: Int32
    /// Time of the impression, in seconds since 1970; only what happened strictly before it is seen.
    public var time: Int64
    /// Values of `RankingData.context`.
    public var context: [String]

    /// A row.
    public init(user: Int32, item: Int32, time: Int64, context: [String]) {
        self.user = user
        self.item = item
        self.time = time
        self.context = context
    }

    /// The row of an impression.
    public init(_ impression: Impression) {
        self.init(
            user: impression.user, item: impression.item, time: impression.time, context: impression.context)
    }
}
