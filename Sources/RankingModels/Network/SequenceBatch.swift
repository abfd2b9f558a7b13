import Torch

/// Behaviour sequences of B rows as plain numbers.
struct SequenceRows: Sendable {
    /// L.
    let length: Int
    /// Rows of the embedding table for item, L2 and L3 of each behaviour, `[B, L, 3]`; 0 where there is none.
    var rows: [Int32]
    /// 1 where there is a behaviour, 0 elsewhere, `[B, L]`.
    private(set) var mask: [Float]
    /// 0 for a row without any behaviour, 1 elsewhere, `[B]`.
    private(set) var isPresent: [Float]

    /// - Parameters:
    ///   - count: B.
    ///   - itemRows: rows of every item's fields, the first of which are a behaviour's.
    ///   - itemFields: fields of an item.
    ///   - items: calls its argument with each item of a row's sequence, newest first, at most L.
    init(
        count: Int, length: Int, itemRows: [Int32], itemFields: Int,
        items: (_ row: Int, _ add: (Int32) -> Void) -> Void
    ) {
        self.length = length
        let (width, stride) = (FeatureFields.ofBehavior, itemFields)
        var rows = [Int32](repeating: 0, count: count * length * width)
        var mask = [Float](repeating: 0, count: count * length)
        var isPresent = [Float](repeating: 0, count: count)
        for row in 0..<count {
            var place = row * length
            items(row) { item in
                for field in 0..<width { rows[place * width + field] = itemRows[Int(item) * stride + field] }
                mask[place] = 1
                isPresent[row] = 1
                place += 1
            }
        }
        (self.rows, self.mask, self.isPresent) = (rows, mask, isPresent)
    }
}

/// Behaviour sequences of B rows as tensors.
struct SequenceBatch {
    /// Int32 `[B, L, 3]`.
    let rows: Tensor
    /// `[B, L]`.
    let mask: Tensor
    /// `[B, 1]`.
    let isPresent: Tensor
}

extension SequenceBatch {
    init(_ sequence: SequenceRows) throws {
        let (count, length) = (sequence.isPresent.count, sequence.length)
        self.init(
            rows: try Tensor.from(sequence.rows, shape: [count, length, FeatureFields.ofBehavior]),
            mask: try Tensor.from(sequence.mask, shape: [count, length]),
            isPresent: try Tensor.from(sequence.isPresent, shape: [count, 1]))
    }
}
