import Pipeline

/// Numbers the values of every categorical field as rows of one embedding table. Row 0 of a field is for values that
/// training did not see.
struct FeatureVocabulary: Codable, Sendable, Equatable {
    /// A field's name with its values in order.
    struct Field: Codable, Sendable, Equatable {
        let name: String
        let values: [String]
    }

    let fields: [Field]
    private let starts: [Int32]
    private let rows: [[String: Int32]]

    private enum CodingKeys: CodingKey { case fields }

    init(fields: [Field]) {
        self.fields = fields
        var start: Int32 = 0
        starts = fields.map { field in
            defer { start += Int32(field.values.count) + 1 }
            return start
        }
        rows = zip(fields, starts).map { field, start in
            Dictionary(uniqueKeysWithValues: field.values.enumerated().map { ($1, start + 1 + Int32($0)) })
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(fields: try container.decode([Field].self, forKey: .fields))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(fields, forKey: .fields)
    }

    /// Rows of the embedding table.
    var rowCount: Int { fields.reduce(0) { $0 + $1.values.count + 1 } }

    /// The row of a field's value.
    func row(_ field: Int, _ value: String) -> Int32 { rows[field][value] ?? starts[field] }

    func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }
}
