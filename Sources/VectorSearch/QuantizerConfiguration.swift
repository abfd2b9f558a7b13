/// How a product quantizer is shaped and trained.
public struct QuantizerConfiguration: Codable, Sendable, Equatable {
    /// Sub-quantizers, M: ids a vector becomes. Divides the width.
    public var subquantizerCount: Int
    /// Bits of one id, 1...16: a sub-quantizer has C = 2^bits centroids.
    public var bits: Int
    /// Whether vectors are brought to unit length first. FAISS's quantizer minimizes L2; on unit vectors that
    /// orders as the cosine does.
    public var normalizes: Bool
    /// Whether vectors are first turned by a rotation that is trained to lose less (OPQ, Ge et al., 2013).
    public var rotates: Bool
    /// Iterations of k-means.
    public var iterations: Int
    /// Seed of k-means.
    public var seed: Int32

    /// Settings; each is checked when a quantizer is made.
    public init(
        subquantizerCount: Int, bits: Int, normalizes: Bool = true, rotates: Bool = false,
        iterations: Int = 25, seed: Int32
    ) {
        self.subquantizerCount = subquantizerCount
        self.bits = bits
        self.normalizes = normalizes
        self.rotates = rotates
        self.iterations = iterations
        self.seed = seed
    }

    /// Centroids of one sub-quantizer, C.
    public var centroidCount: Int { 1 << bits }

    /// Throws unless the settings make a quantizer of vectors of this width.
    ///
    /// - Parameter slices: whether M divides the width into slices.
    func validate(width: Int, slices: Bool = true) throws(VectorSearchError) {
        guard (1...16).contains(bits) else { throw .setting(name: "bits", value: bits, expected: "1...16") }
        guard iterations > 0 else {
            throw .setting(name: "iterations", value: iterations, expected: "1 or more")
        }
        guard width > 0 else { throw .setting(name: "width", value: width, expected: "1 or more") }
        guard subquantizerCount > 0, !slices || width.isMultiple(of: subquantizerCount) else {
            throw .setting(
                name: "subquantizerCount", value: subquantizerCount,
                expected: slices ? "a divisor of the width \(width)" : "1 or more")
        }
    }

    /// Number of training vectors.
    ///
    /// - Throws: `VectorSearchError` where it is smaller than C.
    func trainingCount(_ vectors: [Float], width: Int) throws(VectorSearchError) -> Int {
        let count = try rowCount("training vectors", of: vectors.count, width: width)
        guard count >= centroidCount else {
            throw .fewTrainingVectors(count: count, centroidCount: centroidCount)
        }
        return count
    }

    /// What is wrong with so many training vectors.
    func warning(_ count: Int) -> TrainingWarning? {
        let recommended = 39 * centroidCount
        return count < recommended ? TrainingWarning(count: count, recommendedCount: recommended) : nil
    }

    /// Finite vectors, of unit length where the configuration says so.
    func plain(_ vectors: [Float], width: Int, what: String) throws(VectorSearchError) -> [Float] {
        if normalizes { return try unitRows(vectors, width: width, what: what) }
        try requireFinite(vectors, width: width, what: what)
        return vectors
    }
}

/// A training set that is large enough to train and too small to train well.
public struct TrainingWarning: Codable, Sendable, Equatable, CustomStringConvertible {
    /// Training vectors given.
    public var count: Int
    /// Vectors that FAISS recommends: 39 a centroid.
    public var recommendedCount: Int

    /// The message for a user: what happened, what was expected, what to do.
    public var description: String {
        "\(count) training vectors, \(recommendedCount) recommended (39 a centroid); "
            + "use fewer bits or more vectors"
    }
}
