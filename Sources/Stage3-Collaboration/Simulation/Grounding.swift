/// The catalogue item that an answer means: the title nearest to the answer's by embedding.
public struct Grounding: Codable, Sendable, Equatable {
    /// Place in the catalogue.
    public var entry: Int
    /// Cosine of the answered and the catalogue's title.
    public var similarity: Double
}

/// Unit-length embeddings of the catalogue's titles.
public struct CatalogueEmbeddings: Sendable {
    /// Row-major, `[entries, D]`.
    public let values: [Float]
    /// D.
    public let width: Int

    /// - Parameter values: unit-length rows of `width`.
    public init(values: [Float], width: Int) {
        self.values = values
        self.width = width
    }

    /// Number of titles.
    public var count: Int { values.count / width }

    /// The nearest title; the first of equals.
    public func nearest(to embedding: [Float]) -> Grounding {
        precondition(
            embedding.count == width, "an embedding of \(embedding.count) for a catalogue of \(width)")
        var best = Grounding(entry: 0, similarity: -.infinity)
        values.withUnsafeBufferPointer { values in
            for entry in 0..<count {
                var sum: Float = 0
                for place in 0..<width { sum += values[entry * width + place] * embedding[place] }
                if Double(sum) > best.similarity { best = Grounding(entry: entry, similarity: Double(sum)) }
            }
        }
        return best
    }
}
