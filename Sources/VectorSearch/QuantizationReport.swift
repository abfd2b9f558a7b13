public import Pipeline

extension VectorQuantizer {
    /// Squared distance of each vector to its reconstruction, `[N]`, in the space that the quantizer sees.
    public func squaredErrors(
        of vectors: [Float], codes: QuantizedCodes
    ) throws(VectorSearchError) -> [Double] {
        let count = try rowCount("vectors", of: vectors.count, width: width)
        guard count == codes.count else {
            throw .shape(what: "codes", elementCount: codes.values.count, width: subquantizerCount)
        }
        let original = try prepared(vectors)
        let reconstruction = try decode(codes)
        return (0..<count).map { row in
            var sum = 0.0
            for index in (row * width)..<((row + 1) * width) {
                let error = Double(original[index]) - Double(reconstruction[index])
                sum += error * error
            }
            return sum
        }
    }

    /// Encodes vectors that may be too many for memory, a block at a time, and reports utilization,
    /// collisions and reconstruction error.
    public func encode(
        _ vectors: UnitVectors
    ) throws(VectorSearchError) -> (codes: QuantizedCodes, report: QuantizationReport) {
        var values: [UInt16] = []
        values.reserveCapacity(vectors.count * subquantizerCount)
        var error = 0.0
        for start in stride(from: 0, to: vectors.count, by: 1 << 14) {
            let block = vectors.rows(start..<min(start + (1 << 14), vectors.count))
            let codes = try encode(block)
            error += try squaredErrors(of: block, codes: codes).reduce(0, +)
            values += codes.values
        }
        let codes = QuantizedCodes(
            values: values, subquantizerCount: subquantizerCount, codebook: try version())
        return (codes, report(codes, squaredError: error))
    }

    /// Encodes vectors and reports utilization, collisions and reconstruction error.
    public func report(on vectors: [Float]) throws(VectorSearchError) -> QuantizationReport {
        let codes = try encode(vectors)
        let errors = try squaredErrors(of: vectors, codes: codes)
        return report(codes, squaredError: errors.reduce(0, +))
    }

    private func report(_ codes: QuantizedCodes, squaredError: Double) -> QuantizationReport {
        QuantizationReport(
            count: codes.count, utilization: codes.utilization(centroidCount: centroidCount),
            collisionRate: codes.collisionRate, meanSquaredError: squaredError / Double(codes.count))
    }
}
