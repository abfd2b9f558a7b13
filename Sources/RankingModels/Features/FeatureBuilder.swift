import Pipeline

/// Makes features of rows, each as of its own moment: nothing of the visit itself or later is seen.
struct FeatureBuilder {
    static let userField = "user"
    static let itemFields = ["item", "l2", "l3"]
    private static let contextFields = [
        "l1", "brand", "price", "display", "mailer", "hour", "day", "item bought", "l2 bought", "l3 bought",
        "days since l2",
    ]

    let data: RankingData
    let vocabulary: FeatureVocabulary
    let historyLength: Int
    private let attributes: [String]

    init(_ data: RankingData, vocabulary: FeatureVocabulary, historyLength: Int) {
        self.data = data
        self.vocabulary = vocabulary
        self.historyLength = historyLength
        attributes = Self.attributes(of: data)
    }

    /// Names of the users' attributes, in order.
    private static func attributes(of data: RankingData) -> [String] {
        Set(data.users.lazy.flatMap(\.attributes.keys)).sorted()
    }

    /// The fields in the order of `values`.
    private static func names(_ data: RankingData) -> [String] {
        itemFields + [userField] + attributes(of: data) + contextFields
    }

    /// Numbers every value that the training rows have, and every item of their histories.
    static func vocabulary(
        _ data: RankingData, trainingRows: [RankingRow], historyLength: Int
    ) -> FeatureVocabulary {
        let names = names(data)
        let empty = FeatureVocabulary(fields: names.map { .init(name: $0, values: []) })
        let builder = FeatureBuilder(data, vocabulary: empty, historyLength: historyLength)
        var seen = [Set<String>](repeating: [], count: names.count)
        builder.forEachRow(trainingRows) { row, state in
            for (field, value) in builder.values(row, state).enumerated() { seen[field].insert(value) }
            for item in state.bought.suffix(historyLength) {
                for (field, value) in builder.itemValues(item).enumerated() { seen[field].insert(value) }
            }
        }
        return FeatureVocabulary(fields: zip(names, seen).map { .init(name: $0, values: $1.sorted()) })
    }

    /// Features of rows, in the order of the rows.
    func table(_ rows: [RankingRow]) -> FeatureTable {
        let fieldCount = vocabulary.fields.count
        var table = FeatureTable(fieldCount: fieldCount, historyLength: historyLength)
        table.users = rows.map(\.user)
        table.fields = [Int32](repeating: 0, count: rows.count * fieldCount)
        table.history = [Int32](repeating: -1, count: rows.count * historyLength)
        forEachRow(rows) { place, row, state in
            for (field, value) in values(row, state).enumerated() {
                table.fields[place * fieldCount + field] = vocabulary.row(field, value)
            }
            for (age, item) in state.bought.suffix(historyLength).reversed().enumerated() {
                table.history[place * historyLength + age] = item
            }
        }
        return table
    }

    private func forEachRow(_ rows: [RankingRow], _ body: (RankingRow, UserState) -> Void) {
        forEachRow(rows) { _, row, state in body(row, state) }
    }

    /// Visits the rows by user and time, whatever their order, with the user's state before each.
    private func forEachRow(_ rows: [RankingRow], _ body: (_ place: Int, RankingRow, UserState) -> Void) {
        let order = rows.indices.sorted { (rows[$0].user, rows[$0].time, $0) < (rows[$1].user, rows[$1].time, $1) }
        var state = UserState(events: [], items: data.items)
        var user: Int32 = -1
        for place in order {
            let row = rows[place]
            if row.user != user {
                user = row.user
                state = UserState(events: data.eventsOfUser[Int(user)], items: data.items)
            }
            state.advance(to: row.time)
            body(place, row, state)
        }
    }

    /// Values of `itemFields`.
    func itemValues(_ item: Int32) -> [String] {
        let categories = data.items[Int(item)].categories
        return ["\(item)", categories.count > 1 ? categories[1] : "", categories.count > 2 ? categories[2] : ""]
    }

    private func values(_ row: RankingRow, _ state: UserState) -> [String] {
        let item = data.items[Int(row.item)]
        let user = data.users[Int(row.user)]
        let hour = Int(row.time % 24) / 3
        return itemValues(row.item) + ["\(row.user)"] + attributes.map { user.attributes[$0] ?? "" } + [
            item.categories.first ?? "", item.brand, UserState.bucket(Int(item.price * 2)), row.display, row.mailer,
            "\(hour)", "\(row.time / 24 % 7)",
        ] + state.crosses(with: row.item, at: row.time)
    }
}
