/// Embeddings of all distinct titles, `[C, D]` row by row, each of unit length.
public struct TitleCatalogue: Sendable {
    /// Titles, C.
    public let count: Int
    /// Width of an embedding, D.
    public let width: Int
    private let embeddings: [Float]

    /// How far from 1 the length of a row may be: what 16-bit storage of unit vectors leaves.
    static let lengthTolerance: Float = 1e-2

    /// A catalogue from its matrix.
    /// - Throws: `EvaluationError` if the matrix is empty, ragged, or has a row that is not of unit length.
    public init(embeddings: [Float], width: Int) throws(EvaluationError) {
        guard width > 0, !embeddings.isEmpty else { throw .empty(what: "title catalogue") }
        count = embeddings.count / width
        try requireCount("title catalogue", embeddings.count, count * width)
        self.width = width
        self.embeddings = embeddings
        for row in 0..<count {
            let length = dot(embeddings, row, embeddings, row, width: width).squareRoot()
            guard abs(length - 1) <= Self.lengthTolerance else {
                throw .value(
                    of: "title catalogue", index: row, expected: "a vector of length 1",
                    found: "length \(length)")
            }
        }
    }

    /// Titles that are nearer to `query` by cosine than `target`, or as near and earlier in the catalogue.
    /// Nil for a vector of zeros, which is near to nothing.
    public func rank(of target: Int, for query: [Float]) throws(EvaluationError) -> Int? {
        try requireCount("predicted embedding", query.count, width)
        guard (0..<count).contains(target) else {
            throw .value(of: "targets", index: target, expected: "a row below \(count)", found: "\(target)")
        }
        if let index = query.firstIndex(where: { !$0.isFinite }) {
            throw .value(
                of: "predicted embedding", index: index, expected: "a finite number", found: "\(query[index])"
            )
        }
        guard query.contains(where: { $0 != 0 }) else { return nil }
        // The catalogue has unit rows and one query has one length: the inner product orders as the cosine
        // does.
        let score = dot(query, 0, embeddings, target, width: width)
        var rank = 0
        for row in 0..<count where row != target {
            let other = dot(query, 0, embeddings, row, width: width)
            if other > score || (other == score && row < target) { rank += 1 }
        }
        return rank
    }
}

/// Inner product of two rows of matrices of one width; eight partial sums, so that the loop vectorizes.
private func dot(_ a: [Float], _ aRow: Int, _ b: [Float], _ bRow: Int, width: Int) -> Float {
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            let (aStart, bStart) = (aRow * width, bRow * width)
            var sums = SIMD8<Float>()
            var column = 0
            while column + 8 <= width {
                var left = SIMD8<Float>()
                var right = SIMD8<Float>()
                for lane in 0..<8 {
                    left[lane] = a[aStart + column + lane]
                    right[lane] = b[bStart + column + lane]
                }
                sums += left * right
                column += 8
            }
            var sum = sums.sum()
            while column < width {
                sum += a[aStart + column] * b[bStart + column]
                column += 1
            }
            return sum
        }
    }
}
