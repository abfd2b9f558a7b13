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
    private let momentRows: MomentRows

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
        momentRows = MomentRows(vocabulary, fields)
    }

    /// Features of rows, in the order of the rows.
    ///
    /// - Throws: `RankingModelError.unknown` for a user or an item that the data do not have.
    func table(_ rows: [RankingRow]) throws -> FeatureTable {
        var table = emptyTable
        // By user and time, so that each user's purchases are gone through once.
        let order = rows.indices.sorted {
            (rows[$0].user, rows[$0].time, $0) < (rows[$1].user, rows[$1].time, $1)
        }
        var walk = UserStateWalk(data)
        for place in order {
            try walk.visit(rows[place]) { state in
                table.append(
                    rows[place], eventCount: state.eventCount, moments: moments(rows[place], state))
            }
        }
        var places = order
        for (found, place) in order.enumerated() { places[place] = found }
        return table.rows(places)
    }

    /// A table of no rows.
    var emptyTable: FeatureTable {
        FeatureTable(
            rowWidth: FeatureTable.rowWidth(momentCount: fields.momentPlaces.count), numbers: [])
    }

    /// Rows of the embedding table for the fields of a row's moment, `[fields.momentPlaces]`.
    func moments(_ row: RankingRow, _ state: UserState) -> [Int32] { momentRows.rows(of: row, state) }
}
