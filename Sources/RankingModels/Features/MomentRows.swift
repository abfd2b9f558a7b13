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
}
