/// Rows in a flat array of `width` columns; throws unless it holds whole rows, one at least.
func rowCount(_ what: String, of elements: Int, width: Int) throws(VectorSearchError) -> Int {
    guard width > 0, elements > 0, elements.isMultiple(of: width) else {
        throw .shape(what: what, elementCount: elements, width: width)
    }
    return elements / width
}

/// Each row divided by its length, the sum of squares in float64; a row of zeros stays as it is.
/// - Throws: `VectorSearchError.notFinite` naming the row.
func unitRows(_ vectors: [Float], width: Int, what: String) throws(VectorSearchError) -> [Float] {
    try requireFinite(vectors, width: width, what: what)
    var unit = vectors
    for start in stride(from: 0, to: vectors.count, by: width) {
        var square = 0.0
        for index in start..<(start + width) { square += Double(vectors[index]) * Double(vectors[index]) }
        guard square > 0 else { continue }
        let length = square.squareRoot()
        for index in start..<(start + width) { unit[index] = Float(Double(vectors[index]) / length) }
    }
    return unit
}

func requireFinite(_ vectors: [Float], width: Int, what: String) throws(VectorSearchError) {
    guard let index = vectors.firstIndex(where: { !$0.isFinite }) else { return }
    throw .notFinite(what: what, row: index / width)
}
