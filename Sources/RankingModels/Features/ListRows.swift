/// Values of B rows' multi-valued fields as plain numbers.
struct ListRows: Sendable {
    /// V, multi-valued fields.
    let fieldCount: Int
    /// K, values of the longest list.
    let length: Int
    /// Rows of the embedding table, `[B, V, K]`; 0 where there is none.
    var rows: [Int32]
    /// 1 / (number of the list's values) where there is one, 0 elsewhere, `[B, V, K]`.
    let weights: [Float]

    /// - Parameter lists: of each row, V lists of rows of the embedding table.
    init(_ lists: [[[Int32]]], fieldCount: Int) {
        self.fieldCount = fieldCount
        length = max(1, lists.lazy.flatMap { $0.lazy.map(\.count) }.max() ?? 1)
        var rows = [Int32](repeating: 0, count: lists.count * fieldCount * length)
        var weights = [Float](repeating: 0, count: rows.count)
        for (row, own) in lists.enumerated() {
            for (field, values) in own.enumerated() {
                let start = (row * fieldCount + field) * length
                for (place, value) in values.enumerated() {
                    rows[start + place] = value
                    weights[start + place] = 1 / Float(values.count)
                }
            }
        }
        (self.rows, self.weights) = (rows, weights)
    }
}
