import Pipeline

/// Counts the values that training rows have, and the items of their histories, for a vocabulary.
///
/// A value counts once an impression, and an item once more for every purchase that is part of a history.
struct VocabularyCounter {
    private let data: RankingData
    private let historyLength: Int
    private var itemCounts: [Int]
    private var userCounts: [Int]
    private var contextCounts: [[String: Int]]
    private var numberCounts = FeatureFields.numberLimits.map { [Int](repeating: 0, count: $0) }
    private var counted = (user: Int32(-1), events: 0)

    /// - Parameter historyLength: L.
    init(_ data: RankingData, historyLength: Int) {
        self.data = data
        self.historyLength = historyLength
        contextCounts = [[String: Int]](repeating: [:], count: data.context.count)
        itemCounts = [Int](repeating: 0, count: data.items.count)
        userCounts = [Int](repeating: 0, count: data.users.count)
    }

    /// Counts a row; rows come by user and time.
    mutating func add(_ row: RankingRow, _ state: UserState) {
        itemCounts[Int(row.item)] += 1
        userCounts[Int(row.user)] += 1
        for (field, value) in row.context.enumerated() { contextCounts[field][value, default: 0] += 1 }
        for (index, number) in FeatureFields.numbers(row, state).enumerated() {
            numberCounts[index][number] += 1
        }
        if counted.user != row.user { counted = (row.user, 0) }
        let fresh = max(counted.events, state.eventCount - historyLength)..<state.eventCount
        for event in data.eventsOfUser[Int(row.user)][fresh] { itemCounts[Int(event.item)] += 1 }
        counted.events = state.eventCount
    }

    /// Numbers the values.
    ///
    /// - Parameter minimumCount: rarer values share their field's row 0.
    func vocabulary(_ fields: FeatureFields, minimumCount: Int) -> FeatureVocabulary {
        // Of all fields of the moment, whether they are read or not.
        let ofMoment =
            contextCounts
            + numberCounts.enumerated().map { index, counts in
                Self.sum(
                    counts.enumerated().map { ([FeatureFields.label($0, of: index)], $1) }, fieldCount: 1)[0]
            }
        let ofItems = Self.sum(
            zip(data.items, itemCounts).lazy.map { (fields.values(of: $0), $1) },
            fieldCount: fields.itemNames.count)
        let ofUsers = Self.sum(
            zip(data.users, userCounts).lazy.map { (fields.values(of: $0), $1) },
            fieldCount: fields.userNames.count)
        var ofLists = fields.listNames.map { _ in [String: Int]() }
        for (user, count) in zip(data.users, userCounts) where count > 0 {
            for (field, values) in fields.lists(of: user).enumerated() {
                for value in values { ofLists[field][value, default: 0] += count }
            }
        }
        return FeatureVocabulary(
            names: fields.names,
            counts: ofItems + ofUsers + fields.momentPlaces.map { ofMoment[$0] } + ofLists,
            minimumCount: minimumCount)
    }

    /// Count of every value of every field.
    private static func sum(
        _ records: some Sequence<(values: [String], count: Int)>, fieldCount: Int
    ) -> [[String: Int]] {
        var counts = [[String: Int]](repeating: [:], count: fieldCount)
        for record in records where record.count > 0 {
            for (field, value) in record.values.enumerated() {
                counts[field][value, default: 0] += record.count
            }
        }
        return counts
    }
}
