/// Numbers the rows of the embedding table that a batch touches, so that a step computes and updates those
/// alone.
struct TouchedRows {
    /// Place of each row of the table among the touched ones, −1 for a row that is not.
    private var places: [Int32]

    /// - Parameter rowCount: rows of the embedding table.
    init(rowCount: Int) { places = [Int32](repeating: -1, count: rowCount) }

    /// Makes the batch's indices places in the result.
    ///
    /// - Returns: the rows that the batch touches, each once, in the order in which they come.
    mutating func renumber(_ batch: inout BatchRows) -> [Int32] {
        var touched: [Int32] = []
        renumber(&batch.fields, &touched)
        renumber(&batch.history.rows, &touched)
        if var similar = batch.similar {
            batch.similar = nil  // one owner, so that renumbering copies nothing
            renumber(&similar.rows, &touched)
            batch.similar = similar
        }
        if var lists = batch.lists {
            batch.lists = nil
            renumber(&lists.rows, &touched)
            batch.lists = lists
        }
        for row in touched { places[Int(row)] = -1 }
        return touched
    }

    private mutating func renumber(_ rows: inout [Int32], _ touched: inout [Int32]) {
        for index in rows.indices {
            let row = Int(rows[index])
            if places[row] < 0 {
                places[row] = Int32(touched.count)
                touched.append(Int32(row))
            }
            rows[index] = places[row]
        }
    }
}
