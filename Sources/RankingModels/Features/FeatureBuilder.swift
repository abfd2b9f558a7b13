/// Makes features of rows, each as of its own moment: nothing of the visit itself or later is seen.
struct FeatureBuilder: Sendable {
    let data: RankingData
    let vocabulary: FeatureVocabulary
    let fields: FeatureFields
    /// Rows of the embedding table for the fields of every item, `[items, fields.itemNames]`.
    let itemRows: [Int32]
    /// The same for every user, `[users, fields.userNames]`.
    let userRows: [Int32]
    /// The same for the values of every user's lists, `[users][fields.listNames][…]`.
    let listRows: [[[Int32]]]
    /// The same for every number of the moment that is read, `[fields.momentPlaces][limit]`; empty for the placements.
    private let numberRows: [[Int32]]

    init(_ data: RankingData, vocabulary: FeatureVocabulary, fields: FeatureFields) {
        self.data = data
        self.vocabulary = vocabulary
        self.fields = fields
        itemRows = data.items.flatMap { item in
            fields.values(of: item).enumerated().map { vocabulary.row($0, $1) }
        }
        userRows = data.users.flatMap { user in
            fields.values(of: user).enumerated().map { vocabulary.row(fields.itemNames.count + $0, $1) }
        }
        listRows =
            fields.listNames.isEmpty
            ? []
            : data.users.map { user in
                fields.lists(of: user).enumerated().map { place, values in
                    // Values that training hardly saw are one row, which counts once.
                    Set(values.map { vocabulary.row(fields.count + place, $0) }).sorted()
                }
            }
        numberRows = fields.momentPlaces.enumerated().map { offset, place in
            place < 2
                ? []
                : (0..<FeatureFields.numberLimits[place - 2]).map { number in
                    vocabulary.row(fields.momentStart + offset, FeatureFields.label(number, of: place - 2))
                }
        }
    }

    /// Features of rows, in the order of the rows.
    ///
    /// - Throws: `RankingModelError.unknown` for a user or an item that the data do not have.
    func table(_ rows: [RankingRow]) throws -> FeatureTable {
        var table = FeatureTable(
            users: rows.map(\.user), items: rows.map(\.item),
            eventCounts: [Int32](repeating: 0, count: rows.count),
            moments: [Int32](repeating: 0, count: rows.count * fields.momentPlaces.count))
        try data.forEachRow(rows) { place, row, state in
            table.eventCounts[place] = Int32(state.eventCount)
            let start = place * fields.momentPlaces.count
            let numbers = FeatureFields.numbers(row, state)
            for (offset, field) in fields.momentPlaces.enumerated() {
                table.moments[start + offset] =
                    field < 2
                    ? vocabulary.row(fields.momentStart + offset, field == 0 ? row.display : row.mailer)
                    : numberRows[offset][numbers[field - 2]]
            }
        }
        return table
    }
}

extension RankingData {
    /// Visits rows by user and time, whatever their order, with the user's state before each: one pass over
    /// the purchases, one user's state in memory.
    func forEachRow(
        _ rows: [RankingRow], _ body: (_ place: Int, RankingRow, UserState) throws -> Void
    ) throws {
        for row in rows {
            guard users.indices.contains(Int(row.user)) else {
                throw RankingModelError.unknown(what: "user", index: row.user, count: users.count)
            }
            guard items.indices.contains(Int(row.item)) else {
                throw RankingModelError.unknown(what: "item", index: row.item, count: items.count)
            }
        }
        let order = rows.indices.sorted {
            (rows[$0].user, rows[$0].time, $0) < (rows[$1].user, rows[$1].time, $1)
        }
        var state: UserState?
        var user: Int32 = -1
        for place in order {
            let row = rows[place]
            var current = row.user == user ? state : nil
            state = nil  // one owner, so that advancing copies nothing
            user = row.user
            if current == nil { current = UserState(user: user, self) }
            current?.advance(to: row.time)
            if let current { try body(place, row, current) }
            state = current
        }
    }
}
