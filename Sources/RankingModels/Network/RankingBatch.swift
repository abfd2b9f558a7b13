import Torch

/// Features of B rows as tensors.
struct RankingBatch {
    /// A behaviour sequence.
    struct Sequence {
        /// Rows of the embedding table for item, L2 and L3 of each behaviour, `[B, L, 3]`.
        let rows: Tensor
        /// −∞ where there is no behaviour, `[B, L]`; a row without any behaviour has zeros, so that softmax stays
        /// finite.
        let padding: Tensor
        /// 0 for a row without any behaviour, `[B, 1]`.
        let isPresent: Tensor

        /// - Parameters:
        ///   - items: newest first, −1 for padding, `[B, L]`.
        ///   - rowsOfItem: rows of item, L2 and L3 of every item.
        init(items: [Int32], count: Int, rowsOfItem: [[Int64]]) throws {
            let length = items.count / count
            let rows = items.flatMap { item in item < 0 ? [0, 0, 0] : rowsOfItem[Int(item)] }
            self.rows = try Tensor.from(rows, shape: [count, length, 3])
            let present = (0..<count).map { items[$0 * length] >= 0 }
            let padding = items.enumerated().map { place, item -> Float in
                item < 0 && present[place / length] ? -.infinity : 0
            }
            self.padding = try Tensor.from(padding, shape: [count, length])
            isPresent = try Tensor.from(present.map { $0 ? Float(1) : 0 }, shape: [count, 1])
        }
    }

    /// B.
    let count: Int
    /// Rows of the embedding table, `[B, F]`.
    let fields: Tensor
    /// The user's own recent behaviours.
    let history: Sequence
    /// Rows of the code table, `[B, M]`.
    let codes: Tensor?
    /// The similar user's behaviours.
    let similar: Sequence?

    /// - Parameter places: which rows of the table.
    init(
        _ table: FeatureTable, _ places: ArraySlice<Int>, enhanced: EnhancedFeatures, rowsOfItem: [[Int64]]
    ) throws {
        count = places.count
        let fields = places.flatMap { place in
            table.fields[place * table.fieldCount..<(place + 1) * table.fieldCount].map(Int64.init)
        }
        self.fields = try Tensor.from(fields, shape: [places.count, table.fieldCount])
        let history = places.flatMap { place in
            table.history[place * table.historyLength..<(place + 1) * table.historyLength]
        }
        self.history = try Sequence(items: history, count: places.count, rowsOfItem: rowsOfItem)
        let users = places.map { Int(table.users[$0]) }
        codes =
            enhanced.codes.isEmpty
            ? nil
            : try Tensor.from(
                users.flatMap { user in
                    enhanced.codes[user].enumerated().map { Int64($0 * enhanced.codeCount + $1) }
                }, shape: [places.count, enhanced.codesPerUser])
        let length = enhanced.similarLength
        similar =
            length == 0
            ? nil
            : try Sequence(
                items: users.flatMap { user in
                    let items = enhanced.similarSequences[user]
                    return items + Array(repeating: -1, count: length - items.count)
                }, count: places.count, rowsOfItem: rowsOfItem)
    }
}
