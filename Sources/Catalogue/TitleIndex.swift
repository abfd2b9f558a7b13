public import Evaluation
public import Pipeline

/// The catalogue's titles as vectors of unit length, the one place that compares texts with titles.
///
/// Inner products order as cosines do, because rows have unit length and a query has one length.
public struct TitleIndex: Sendable {
    /// Row-major, `[entries, D]`.
    public let values: [Float]
    /// D, the width of an embedding.
    public let width: Int

    /// How far from 1 the length of a row may be: what 16-bit storage of unit vectors leaves.
    static let lengthTolerance: Float = 1e-2

    /// An index of a matrix.
    ///
    /// - Parameter values: unit-length rows of `width`.
    /// - Throws: `EvaluationError` if the matrix is empty, ragged, or has a row that is not of unit length.
    public init(values: [Float], width: Int) throws(EvaluationError) {
        guard width > 0, !values.isEmpty else { throw .empty(what: "title index") }
        self.values = values
        self.width = width
        guard values.count == count * width else {
            throw .count(of: "title index", expected: count * width, found: values.count)
        }
        for row in 0..<count {
            let length = dot(values, row, values, row, width: width).squareRoot()
            guard abs(length - 1) <= Self.lengthTolerance else {
                throw .value(
                    of: "title index", index: row, expected: "a vector of length 1",
                    found: "length \(length)")
            }
        }
    }

    /// Number of titles.
    public var count: Int { values.count / width }

    /// The vector of a title, `[D]`.
    public func vector(_ entry: Int) -> [Float] { Array(values[entry * width..<(entry + 1) * width]) }

    /// Cosine of a unit-length embedding and a title.
    public func cosine(_ embedding: [Float], _ entry: Int) -> Double {
        zip(embedding, values[entry * width..<(entry + 1) * width]).reduce(0) {
            $0 + Double($1.0) * Double($1.1)
        }
    }

    /// The nearest title; the first of equals.
    public func nearest(to embedding: [Float]) -> Grounding {
        precondition(embedding.count == width, "an embedding of \(embedding.count) for titles of \(width)")
        var best = Grounding(entry: 0, similarity: -.infinity)
        for entry in 0..<count {
            let similarity = Double(dot(embedding, 0, values, entry, width: width))
            if similarity > best.similarity { best = Grounding(entry: entry, similarity: similarity) }
        }
        return best
    }

    /// All titles, the nearest first; of equals, in the order of the catalogue.
    public func byCosine(to embedding: [Float]) -> [Int] {
        precondition(embedding.count == width, "an embedding of \(embedding.count) for titles of \(width)")
        let cosines = (0..<count).map { dot(embedding, 0, values, $0, width: width) }
        return cosines.indices.sorted { (cosines[$0], $1) > (cosines[$1], $0) }
    }

    /// Number of titles that are nearer to `query` by cosine than `target`, or as near and earlier in the
    /// catalogue.
    ///
    /// - Returns: nil for a vector of zeros, which is near to nothing.
    /// - Throws: `EvaluationError` for a query of another width, with a NaN, or a target that is not in the
    ///   catalogue.
    public func rank(of target: Int, for query: [Float]) throws(EvaluationError) -> Int? {
        guard query.count == width else {
            throw .count(of: "predicted embedding", expected: width, found: query.count)
        }
        guard (0..<count).contains(target) else {
            throw .value(of: "targets", index: target, expected: "a row below \(count)", found: "\(target)")
        }
        if let index = query.firstIndex(where: { !$0.isFinite }) {
            throw .value(
                of: "predicted embedding", index: index, expected: "a finite number", found: "\(query[index])"
            )
        }
        guard query.contains(where: { $0 != 0 }) else { return nil }
        let score = dot(query, 0, values, target, width: width)
        var rank = 0
        for row in 0..<count where row != target {
            let other = dot(query, 0, values, row, width: width)
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
