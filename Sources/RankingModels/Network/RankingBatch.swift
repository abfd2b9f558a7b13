import Pipeline
import Torch

/// Features of B rows as tensors.
struct RankingBatch {
    /// B.
    let count: Int
    /// Rows of the embedding table, int32 `[B, F]`.
    let fields: Tensor
    /// The user's own recent behaviours.
    let history: SequenceBatch
    /// Rows of the code table, int32 `[B, M]`.
    let codes: Tensor?
    /// The similar user's behaviours.
    let similar: SequenceBatch?

    /// - Parameters:
    ///   - places: which rows of the table.
    ///   - shape: tells the groups and lengths that the network reads.
    init(
        _ table: FeatureTable, _ places: ArraySlice<Int>, _ builder: FeatureBuilder,
        _ enhanced: EnhancedFeatures,
        _ shape: ESMM.Shape
    ) throws {
        let users = places.map { Int(table.users[$0]) }
        count = users.count
        fields = try Tensor.from(
            Self.fields(table, places, builder), shape: [count, builder.fields.names.count])
        let counts = places.map { Int(table.eventCounts[$0]) }
        history = try SequenceBatch(count: count, length: shape.historyLength, itemRows: builder.itemRows) {
            row, add in
            let events = builder.data.eventsOfUser[users[row]]
            for place in (max(0, counts[row] - shape.historyLength)..<counts[row]).reversed() {
                add(events[place].item)
            }
        }
        var codes: [Int32] = []
        for user in users where shape.codesPerUser > 0 {
            for (place, code) in enhanced.codes[user].enumerated() {
                codes.append(Int32(place * shape.codeCount + code))
            }
        }
        self.codes = codes.isEmpty ? nil : try Tensor.from(codes, shape: [count, shape.codesPerUser])
        let length = shape.similarLength
        similar =
            length == 0
            ? nil
            : try SequenceBatch(count: count, length: length, itemRows: builder.itemRows) { row, add in
                for item in enhanced.similarSequences[users[row]].prefix(length) { add(item) }
            }
    }

    /// `[B, F]`: fields of the item, of the user and of the moment.
    private static func fields(_ table: FeatureTable, _ places: ArraySlice<Int>, _ builder: FeatureBuilder)
        -> [Int32]
    {
        let (itemCount, userCount) = (FeatureFields.ofItem.count, builder.fields.userCount)
        let momentCount = builder.fields.momentCount
        var rows: [Int32] = []
        rows.reserveCapacity(places.count * (itemCount + userCount + momentCount))
        for place in places {
            let (item, user) = (Int(table.items[place]), Int(table.users[place]))
            rows += builder.itemRows[item * itemCount..<(item + 1) * itemCount]
            rows += builder.userRows[user * userCount..<(user + 1) * userCount]
            rows += table.moments[place * momentCount..<(place + 1) * momentCount]
        }
        return rows
    }
}
