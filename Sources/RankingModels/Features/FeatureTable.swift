/// Features of N rows as contiguous arrays, ready to be cut into batches.
struct FeatureTable {
    /// Rows of the embedding table, `[N, F]`.
    var fields: [Int32] = []
    /// The user's recent items, newest first, −1 for padding, `[N, L]`.
    var history: [Int32] = []
    /// Index of each row's user, `[N]`.
    var users: [Int32] = []
    /// F.
    let fieldCount: Int
    /// L.
    let historyLength: Int

    var count: Int { users.count }
}
