/// The ids of N vectors, `[N, M]` row by row.
public struct QuantizedCodes: Sendable, Equatable {
    /// All ids; each is below the quantizer's centroid count.
    public let values: [UInt16]
    /// Ids a vector, M.
    public let subquantizerCount: Int
    /// Version of the code book that made them; nil where it is not known.
    public let codebook: String?

    /// Codes from a flat array of whole rows.
    public init(values: [UInt16], subquantizerCount: Int, codebook: String? = nil) {
        precondition(
            subquantizerCount > 0 && values.count.isMultiple(of: subquantizerCount),
            "codes are not whole rows")
        self.values = values
        self.subquantizerCount = subquantizerCount
        self.codebook = codebook
    }

    /// Vectors, N.
    public var count: Int { values.count / subquantizerCount }

    /// The ids of one vector, M of them.
    public subscript(row: Int) -> ArraySlice<UInt16> {
        values[(row * subquantizerCount)..<((row + 1) * subquantizerCount)]
    }

    /// Share of the centroids of each sub-quantizer that some vector uses, `[M]`.
    public func utilization(centroidCount: Int) -> [Double] {
        (0..<subquantizerCount).map { column in
            let used = Set(stride(from: column, to: values.count, by: subquantizerCount).map { values[$0] })
            return Double(used.count) / Double(centroidCount)
        }
    }

    /// Share of the vectors whose whole code some other vector has too; 0 without vectors.
    public var collisionRate: Double {
        let sizes = (0..<count).reduce(into: [ArraySlice<UInt16>: Int]()) { $0[self[$1], default: 0] += 1 }
        let shared = sizes.values.reduce(0) { $0 + ($1 > 1 ? $1 : 0) }
        return count == 0 ? 0 : Double(shared) / Double(count)
    }
}
