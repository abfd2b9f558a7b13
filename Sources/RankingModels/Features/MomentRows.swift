/// Rows of the embedding table for the fields of a row's moment.
struct MomentRows: Sendable {
    private let vocabulary: FeatureVocabulary
    private let fields: FeatureFields
    /// For every number of the moment that is read, `[fields.momentPlaces][limit]`; empty for the context.
    private let numberRows: [[Int32]]

    init(_ vocabulary: FeatureVocabulary, _ fields: FeatureFields) {
        (self.vocabulary, self.fields) = (vocabulary, fields)
        numberRows = fields.momentPlaces.enumerated().map { offset, place in
            let number = place - fields.contextNames.count
            return number < 0
                ? []
                : (0..<FeatureFields.numberLimits[number]).map { value in
                    vocabulary.row(fields.momentStart + offset, FeatureFields.label(value, of: number))
                }
        }
    }

    /// `[fields.momentPlaces]`.
    func rows(of row: RankingRow, _ state: UserState) -> [Int32] {
        let numbers = FeatureFields.numbers(row, state)
        return fields.momentPlaces.enumerated().map { offset, field in
            field < fields.contextNames.count
                ? vocabulary.row(fields.momentStart + offset, row.context[field])
                : numberRows[offset][numbers[field - fields.contextNames.count]]
        }
    }

    /// Writes rows of many items at one moment, of which only the crosses differ.
    struct Writer {
        private let rows: MomentRows
        private let time: Int64
        /// Hour and weekday.
        private let clock: [Int]
        private var context: (values: [String], rows: [Int32]) = ([], [])

        fileprivate init(_ rows: MomentRows, _ time: Int64) {
            (self.rows, self.time) = (rows, time)
            clock = FeatureFields.clock(time)
        }

        /// Appends `rows(of:_:)` of an item.
        mutating func append(_ item: Int32, _ values: [String], _ state: UserState, to result: inout [Int32])
        {
            let names = rows.fields.contextNames.count
            if context.rows.isEmpty || context.values != values {
                context = (
                    values,
                    rows.fields.momentPlaces.enumerated().filter { $1 < names }.map {
                        rows.vocabulary.row(rows.fields.momentStart + $0, values[$1])
                    }
                )
            }
            result += context.rows
            let crosses = state.crosses(with: item, at: time)
            for (offset, place) in rows.fields.momentPlaces.enumerated() where place >= names {
                let number = place - names
                result.append(
                    rows.numberRows[offset][
                        number < clock.count ? clock[number] : crosses[number - clock.count]])
            }
        }
    }

    /// A writer of rows at one moment.
    func writer(at time: Int64) -> Writer { Writer(self, time) }
}
