internal import CFaiss

/// Product quantization: a vector of width D becomes M ids, one a slice of D / M elements, each the nearest
/// of C centroids of its slice. Section 2.4, intra-user feature quantization.
public final class ProductQuantizer: VectorQuantizer, @unchecked Sendable {
    // The handle is written once, in the initializer, and every FAISS call made on it afterwards only reads.

    /// Width of a vector, D.
    public let width: Int
    /// Shape and training settings.
    public let configuration: QuantizerConfiguration
    /// What was wrong with the training set, if anything; nil for a quantizer that was read from bytes.
    public let trainingWarning: TrainingWarning?
    /// The trained rotation, `[D, D]`; empty where the configuration has none.
    let rotation: [Float]
    private let handle: OpaquePointer

    /// Trains a quantizer by k-means in each slice. The same vectors, configuration and thread count give the
    /// same centroids, bit for bit.
    /// - Parameters:
    ///   - vectors: `[N, D]` row by row, N ≥ C. Of more than 256 a centroid, FAISS trains on a seeded sample.
    ///   - width: D.
    /// - Throws: `VectorSearchError`, with both counts where N < C.
    public init(
        training vectors: [Float], width: Int, configuration: QuantizerConfiguration
    ) throws(VectorSearchError) {
        try configuration.validate(width: width)
        let count = try configuration.trainingCount(vectors, width: width)
        let plain = try configuration.plain(vectors, width: width, what: "training vectors")
        rotation =
            configuration.rotates ? try Self.rotation(plain, count: count, width: width, configuration) : []
        let prepared = try Self.turned(plain, by: rotation, width: width)
        var trained: OpaquePointer?
        try check(
            "train",
            cf_quantizer_train(
                prepared, count, width, configuration.subquantizerCount, configuration.bits,
                configuration.seed,
                CInt(clamping: configuration.iterations), &trained))
        handle = try made("train", trained)
        self.width = width
        self.configuration = configuration
        trainingWarning = configuration.warning(count)
    }

    /// A quantizer with known centroids.
    /// - Parameters:
    ///   - centroids: `[M, C, D / M]` row by row.
    ///   - rotation: `[D, D]` row by row where the configuration rotates.
    public init(
        centroids: [Float], rotation: [Float] = [], width: Int, configuration: QuantizerConfiguration
    ) throws(VectorSearchError) {
        try configuration.validate(width: width)
        guard rotation.count == (configuration.rotates ? width * width : 0) else {
            throw .shape(what: "rotation", elementCount: rotation.count, width: width)
        }
        self.rotation = rotation
        guard centroids.count == configuration.centroidCount * width else {
            throw .shape(
                what: "centroids", elementCount: centroids.count, width: configuration.centroidCount * width)
        }
        try requireFinite(centroids, width: width / configuration.subquantizerCount, what: "centroids")
        var made: OpaquePointer?
        try check(
            "make",
            cf_quantizer_make(centroids, width, configuration.subquantizerCount, configuration.bits, &made))
        handle = try VectorSearch.made("make", made)
        self.width = width
        self.configuration = configuration
        trainingWarning = nil
    }

    deinit { cf_quantizer_free(handle) }

    /// The centroids, `[M, C, D / M]` row by row.
    public func centroids() throws(VectorSearchError) -> [Float] {
        var centroids = [Float](repeating: 0, count: centroidCount * width)
        try check("centroids", cf_quantizer_centroids(handle, &centroids))
        return centroids
    }

    /// The nearest centroid of every slice; the lowest of equally near ones.
    /// - Parameter vectors: `[N, D]` row by row.
    public func encode(_ vectors: [Float]) throws(VectorSearchError) -> QuantizedCodes {
        let count = try rowCount("vectors", of: vectors.count, width: width)
        let prepared = try prepared(vectors)
        var codes = [UInt16](repeating: 0, count: count * subquantizerCount)
        try check("encode", cf_quantizer_encode(handle, prepared, count, &codes))
        return QuantizedCodes(
            values: codes, subquantizerCount: subquantizerCount, codebook: try version())
    }

    /// The centroids that codes name, side by side: `[N, D]` row by row, in the space that the quantizer
    /// sees: normalized and turned, where it does that.
    public func decode(_ codes: QuantizedCodes) throws(VectorSearchError) -> [Float] {
        try requireOwn(codes)
        var vectors = [Float](repeating: 0, count: codes.count * width)
        try check("decode", cf_quantizer_decode(handle, codes.values, codes.count, &vectors))
        return vectors
    }

    /// Vectors as the quantizer sees them.
    public func prepared(_ vectors: [Float]) throws(VectorSearchError) -> [Float] {
        try Self.turned(
            configuration.plain(vectors, width: width, what: "vectors"), by: rotation, width: width)
    }

    private static func rotation(
        _ vectors: [Float], count: Int, width: Int, _ configuration: QuantizerConfiguration
    ) throws(VectorSearchError) -> [Float] {
        var rotation = [Float](repeating: 0, count: width * width)
        try check(
            "rotation",
            cf_rotation_train(
                vectors, count, width, configuration.subquantizerCount, configuration.bits,
                configuration.seed, CInt(clamping: configuration.iterations), &rotation))
        return rotation
    }

    private static func turned(
        _ vectors: [Float], by rotation: [Float], width: Int
    ) throws(VectorSearchError) -> [Float] {
        guard !rotation.isEmpty else { return vectors }
        var turned = [Float](repeating: 0, count: vectors.count)
        try check("rotate", cf_rotate(rotation, vectors, vectors.count / width, width, &turned))
        return turned
    }
}
