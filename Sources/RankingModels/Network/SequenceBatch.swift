import Torch

/// Behaviour sequences of B rows as tensors.
struct SequenceBatch {
    /// Rows of the embedding table for item, L2 and L3 of each behaviour, int32 `[B, L, 3]`.
    let rows: Tensor
    /// `paddingScore` where there is no behaviour, 0 elsewhere, `[B, L]`.
    let padding: Tensor
    /// 0 for a row without any behaviour, 1 elsewhere, `[B, 1]`.
    let isPresent: Tensor

    /// Added to an attention score that must not count: e to this power is 0. Finite, so that a row of
    /// nothing but padding has a softmax.
    static let paddingScore: Float = -1e9

    /// - Parameters:
    ///   - count: B.
    ///   - length: L.
    ///   - itemRows: rows of every item's fields, the first of which are a behaviour's.
    ///   - items: calls its argument with each item of a row's sequence, newest first, at most L.
    init(
        count: Int, length: Int, itemRows: [Int32], items: (_ row: Int, _ add: (Int32) -> Void) -> Void
    ) throws {
        let (width, stride) = (FeatureFields.ofBehavior, FeatureFields.ofItem.count)
        var rows = [Int32](repeating: 0, count: count * length * width)
        var padding = [Float](repeating: Self.paddingScore, count: count * length)
        var isPresent = [Float](repeating: 0, count: count)
        for row in 0..<count {
            var place = row * length
            items(row) { item in
                for field in 0..<width { rows[place * width + field] = itemRows[Int(item) * stride + field] }
                padding[place] = 0
                isPresent[row] = 1
                place += 1
            }
        }
        self.rows = try Tensor.from(rows, shape: [count, length, width])
        self.padding = try Tensor.from(padding, shape: [count, length])
        self.isPresent = try Tensor.from(isPresent, shape: [count, 1])
    }
}
