import Pipeline
import Torch

/// Features of B rows as plain numbers, which another thread can prepare.
struct BatchRows: Sendable {
    /// B.
    let count: Int
    /// Rows of the embedding table, `[B, F]`: fields of the item, of the user and of the moment.
    var fields: [Int32]
    /// The user's own recent behaviours.
    var history: SequenceRows
    /// Rows of the code table, `[B, M]`; empty for none.
    let codes: [Int32]
    /// Rows of the table of crosses with similar users' purchases and the text, `[B, X]`; empty for none.
    let crosses: [Int32]
    /// Rows of the table of codes crossed with the candidate, `[B, M]`; empty for none.
    let codeCrosses: [Int32]
    /// The similar user's behaviours.
    var similar: SequenceRows?
    /// Multi-valued fields; nil where there are none.
    var lists: ListRows?

    /// - Parameters:
    ///   - places: which rows of the table.
    ///   - shape: tells the groups and lengths that the network reads.
    init(
        _ table: FeatureTable, _ places: ArraySlice<Int>, _ builder: FeatureBuilder,
        _ enhanced: EnhancedFeatures, _ shape: ESMM.Shape
    ) {
        let users = places.map(table.user)
        count = users.count
        fields = Self.fields(table, places, builder)
        let counts = places.map(table.eventCount)
        let itemFields = builder.fields.itemNames.count
        history = SequenceRows(
            count: count, length: shape.historyLength, itemRows: builder.itemRows, itemFields: itemFields
        ) { row, add in
            let events = builder.data.eventsOfUser[users[row]]
            for place in (max(0, counts[row] - shape.historyLength)..<counts[row]).reversed() {
                add(events[place].item)
            }
        }
        // Places of the snapshots that the rows read; the snapshots themselves are never copied.
        let moments = places.map { enhanced.snapshotIndex(at: table.time($0)) }
        func snapshot(_ row: Int) -> EnhancedFeatures.Snapshot { enhanced.snapshots[moments[row]] }
        codes =
            shape.codesPerUser == 0
            ? []
            : users.enumerated().flatMap { row, user in
                snapshot(row).codes[user].enumerated().map { Int32($0 * shape.codeCount + $1) }
            }
        codeCrosses =
            shape.crossesCodes != true
            ? []
            : zip(places, users).enumerated().flatMap { row, pair in
                CodeCrosses.rows(
                    snapshot(row).codes[pair.1],
                    category: builder.itemRows[
                        table.item(pair.0) * itemFields + FeatureFields.secondOfBehavior])
            }
        crosses =
            (shape.crossCount ?? 0) == 0
            ? []
            : zip(places, users).enumerated().flatMap { row, pair in
                snapshot(row).crossRows(user: pair.1, item: Int32(table.item(pair.0)))
            }
        let length = shape.similarLength
        similar =
            length == 0
            ? nil
            : SequenceRows(
                count: count, length: length, itemRows: builder.itemRows, itemFields: itemFields
            ) { row, add in
                for item in snapshot(row).similarSequences[users[row]].prefix(length) { add(item) }
            }
        let listCount = builder.fields.listNames.count
        lists =
            listCount == 0 ? nil : ListRows(users.map { builder.listRows[$0] }, fieldCount: listCount)
    }

    private static func fields(_ table: FeatureTable, _ places: ArraySlice<Int>, _ builder: FeatureBuilder)
        -> [Int32]
    {
        let fields = builder.fields
        let (itemCount, userCount) = (fields.itemNames.count, fields.userNames.count)
        var rows: [Int32] = []
        rows.reserveCapacity(places.count * fields.count)
        for place in places {
            let (item, user) = (table.item(place), table.user(place))
            rows += builder.itemRows[item * itemCount..<(item + 1) * itemCount]
            rows += builder.userRows[user * userCount..<(user + 1) * userCount]
            rows += table.moments(place)
        }
        return rows
    }
}

/// Features of B rows as tensors.
struct RankingBatch {
    /// B.
    let count: Int
    /// Int32 `[B, F]`.
    let fields: Tensor
    /// The user's own recent behaviours.
    let history: SequenceBatch
    /// Int32 `[B, M]`.
    let codes: Tensor?
    /// Int32 `[B, X]`.
    var crosses: Tensor?
    /// Int32 `[B, M]`.
    var codeCrosses: Tensor?
    /// The similar user's behaviours.
    let similar: SequenceBatch?
    /// Int32 `[B, V, K]` and float32 `[B, V, K, 1]`: values of the multi-valued fields and their weights.
    let lists: (rows: Tensor, weights: Tensor)?
    /// Whether all rows have the one history and the one similar user's sequence, `[1, L, 3]`, without
    /// padding
    /// for DIN.
    var sharesSequences = false
}

extension RankingBatch {
    init(_ rows: BatchRows) throws {
        let count = rows.count
        func perRow(_ numbers: [Int32]) throws -> Tensor {
            try Tensor.from(numbers, shape: [count, numbers.count / max(count, 1)])
        }
        self.init(
            count: count, fields: try perRow(rows.fields), history: try SequenceBatch(rows.history),
            codes: rows.codes.isEmpty ? nil : try perRow(rows.codes),
            crosses: rows.crosses.isEmpty ? nil : try perRow(rows.crosses),
            codeCrosses: rows.codeCrosses.isEmpty ? nil : try perRow(rows.codeCrosses),
            similar: try rows.similar.map { try SequenceBatch($0) },
            lists: try rows.lists.map { lists in
                let shape = [count, lists.fieldCount, lists.length]
                return (
                    try Tensor.from(lists.rows, shape: shape),
                    try Tensor.from(lists.weights, shape: shape + [1])
                )
            })
    }
}
