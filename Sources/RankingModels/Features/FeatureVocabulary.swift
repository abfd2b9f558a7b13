/// Numbers the values of every categorical field as rows of one embedding table. Row 0 of a field is for
/// values that training saw too rarely or not at all.
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
            Dictionary(field.values.enumerated().map { ($1, start + 1 + Int32($0)) }) { first, _ in first }
        }
    }

    /// Keeps the values that were seen `minimumCount` times.
    init(names: [String], counts: [[String: Int]], minimumCount: Int) {
        self.init(
            fields: zip(names, counts).map { name, counts in
                Field(name: name, values: counts.filter { $0.value >= minimumCount }.keys.sorted())
            })
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let fields = try container.decode([Field].self, forKey: .fields)
        for field in fields where Set(field.values).count != field.values.count {
            throw DecodingError.dataCorruptedError(
                forKey: .fields, in: container, debugDescription: "field '\(field.name)' has a value twice")
        }
        self.init(fields: fields)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(fields, forKey: .fields)
    }

    /// Rows of the embedding table.
    var rowCount: Int { fields.reduce(0) { $0 + $1.values.count + 1 } }

    /// The row of a field's value.
    func row(_ field: Int, _ value: String) -> Int32 { rows[field][value] ?? starts[field] }
}
