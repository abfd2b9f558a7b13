/// Vectors of unit length that stay where they are, such as in a mapped file, so that nothing that reads them
/// needs a copy.
public final class UnitVectors: @unchecked Sendable {
    // Nothing writes the numbers after the initializer.

    /// Vectors, N.
    public let count: Int
    /// Width of a vector, D.
    public let width: Int
    /// All numbers, `[N, D]` row by row.
    let elements: UnsafeBufferPointer<Float>
    private let owner: AnyObject

    /// Numbers of our own.
    private final class Copy {
        let elements: UnsafeMutableBufferPointer<Float>
        init(_ numbers: [Float]) {
            elements = .allocate(capacity: numbers.count)
            _ = elements.initialize(from: numbers)
        }
        deinit { elements.deallocate() }
    }

    /// A copy of vectors, `[N, D]` row by row, each divided by its length; a row of zeros stays as it is.
    ///
    /// - Throws: `VectorSearchError` for what is no row, or no number.
    public init(normalizing vectors: [Float], width: Int) throws(VectorSearchError) {
        count = try rowCount("vectors", of: vectors.count, width: width)
        self.width = width
        let copy = Copy(try unitRows(vectors, width: width, what: "vectors"))
        (owner, elements) = (copy, UnsafeBufferPointer(copy.elements))
    }

    /// Vectors that are of unit length already and lie elsewhere.
    ///
    /// - Parameter owner: keeps the elements where they are.
    /// - Throws: `VectorSearchError.shape` for what is no row.
    public init(
        borrowing elements: UnsafeBufferPointer<Float>, width: Int, owner: AnyObject
    ) throws(VectorSearchError) {
        count = try rowCount("vectors", of: elements.count, width: width)
        (self.width, self.elements, self.owner) = (width, elements, owner)
    }

    /// A copy of some rows.
    public func rows(_ range: Range<Int>) -> [Float] {
        Array(elements[range.lowerBound * width..<range.upperBound * width])
    }

    /// A copy of at most so many rows, evenly spread over all.
    public func sample(_ limit: Int) -> [Float] {
        guard count > limit else { return rows(0..<count) }
        return (0..<limit).flatMap { place in
            let row = place * count / limit
            return elements[row * width..<(row + 1) * width]
        }
    }

    /// Each row of `vectors` divided by its length; a row of zeros stays as it is.
    ///
    /// - Throws: `VectorSearchError` for what is no row, or no number.
    public static func normalized(_ vectors: [Float], width: Int) throws(VectorSearchError) -> [Float] {
        try unitRows(vectors, width: width, what: "vectors")
    }
}
