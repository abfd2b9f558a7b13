/// What is particular to each of N rows; all else follows from its user and item.
struct FeatureTable: Sendable {
    /// Index of each row's user, `[N]`.
    var users: [Int32]
    /// Index of each row's item, `[N]`.
    var items: [Int32]
    /// How many of the user's purchases came before the row, `[N]`.
    var eventCounts: [Int32]
    /// Rows of the embedding table for the fields of the moment, `[N, momentPlaces]`.
    var moments: [Int32]

    var count: Int { users.count }
}
