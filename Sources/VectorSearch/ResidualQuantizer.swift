internal import CFaiss

/// Residual quantization: a vector becomes M ids, each a centroid of what the ids before it left (FAISS's,
/// with a beam of 5 candidates). The sum of the centroids stands for the vector, so ids go from coarse to
/// fine, as semantic ids do.
public final class ResidualQuantizer: VectorQuantizer, @unchecked Sendable {
    // The handle is written once, in the initializer, and every FAISS call made on it afterwards only reads.

    /// Width of a vector, D.
    public let width: Int
    /// Shape and training settings; M need not divide the width, and nothing is turned.
    public let configuration: QuantizerConfiguration
    /// What was wrong with the training set, if anything; nil for a quantizer that was read from bytes.
    public let trainingWarning: TrainingWarning?
    private let handle: OpaquePointer

    /// Trains stage after stage by k-means.
    /// - Parameters:
    ///   - vectors: `[N, D]` row by row, N ≥ C.
    ///   - width: D.
    /// - Throws: `VectorSearchError`, with both counts where N < C.
    public init(
        training vectors: [Float], width: Int, configuration: QuantizerConfiguration
    ) throws(VectorSearchError) {
        try Self.validate(configuration, width: width)
        let count = try configuration.trainingCount(vectors, width: width)
        let prepared = try configuration.plain(vectors, width: width, what: "training vectors")
        var trained: OpaquePointer?
        try check(
            "train",
            cf_residual_train(
                prepared, count, width, configuration.subquantizerCount, configuration.bits,
                configuration.seed, CInt(clamping: configuration.iterations), &trained))
        handle = try made("train", trained)
        self.width = width
        self.configuration = configuration
        trainingWarning = configuration.warning(count)
    }

    /// A quantizer with known centroids, `[M, C, D]` row by row.
    public init(
        centroids: [Float], width: Int, configuration: QuantizerConfiguration
    ) throws(VectorSearchError) {
        try Self.validate(configuration, width: width)
        let expected = configuration.subquantizerCount * configuration.centroidCount * width
        guard centroids.count == expected else {
            throw .shape(what: "centroids", elementCount: centroids.count, width: expected)
        }
        try requireFinite(centroids, width: width, what: "centroids")
        var made: OpaquePointer?
        try check(
            "make",
            cf_residual_make(centroids, width, configuration.subquantizerCount, configuration.bits, &made))
        handle = try VectorSearch.made("make", made)
        self.width = width
        self.configuration = configuration
        trainingWarning = nil
    }

    deinit { cf_residual_free(handle) }

    /// The centroids, `[M, C, D]` row by row.
    public func centroids() throws(VectorSearchError) -> [Float] {
        var centroids = [Float](repeating: 0, count: subquantizerCount * centroidCount * width)
        try check("centroids", cf_residual_centroids(handle, &centroids))
        return centroids
    }

    /// The ids whose sum comes near each vector.
    /// - Parameter vectors: `[N, D]` row by row.
    public func encode(_ vectors: [Float]) throws(VectorSearchError) -> QuantizedCodes {
        let count = try rowCount("vectors", of: vectors.count, width: width)
        let prepared = try prepared(vectors)
        var codes = [UInt16](repeating: 0, count: count * subquantizerCount)
        try check("encode", cf_residual_encode(handle, prepared, count, &codes))
        return QuantizedCodes(
            values: codes, subquantizerCount: subquantizerCount, codebook: try version())
    }

    /// The sums of the centroids that codes name, `[N, D]` row by row.
    public func decode(_ codes: QuantizedCodes) throws(VectorSearchError) -> [Float] {
        try requireOwn(codes)
        var vectors = [Float](repeating: 0, count: codes.count * width)
        try check("decode", cf_residual_decode(handle, codes.values, codes.count, &vectors))
        return vectors
    }

    /// Vectors as the quantizer sees them.
    public func prepared(_ vectors: [Float]) throws(VectorSearchError) -> [Float] {
        try configuration.plain(vectors, width: width, what: "vectors")
    }

    /// `TAIJIRQ1`, then little-endian 32-bit numbers: width, M, bits, normalizes, iterations, seed, and as
    /// float32 bit patterns the centroids `[M, C, D]`.
    private static let magic = [UInt8]("TAIJIRQ1".utf8)

    /// The quantizer as bytes of an artifact; the training warning is not kept.
    public func bytes() throws(VectorSearchError) -> [UInt8] {
        quantizerBytes(
            Self.magic,
            [
                width, subquantizerCount, configuration.bits, configuration.normalizes ? 1 : 0,
                configuration.iterations,
            ], seed: configuration.seed, elements: try centroids())
    }

    /// A quantizer from what `bytes()` wrote.
    /// - Throws: `VectorSearchError.bytes` for anything else.
    public convenience init(bytes: [UInt8]) throws(VectorSearchError) {
        let words = try QuantizerWords(bytes, magic: Self.magic, header: 6)
        let header = words.header.map(Int.init)
        let configuration = QuantizerConfiguration(
            subquantizerCount: header[1], bits: header[2], normalizes: header[3] == 1, iterations: header[4],
            seed: Int32(bitPattern: words.header[5]))
        try Self.validate(configuration, width: header[0])
        // Sizes come from the file: their product must not overflow before it is compared with what is there.
        let centroids = header[1].multipliedReportingOverflow(by: configuration.centroidCount)
        let total = centroids.partialValue.multipliedReportingOverflow(by: header[0])
        guard !centroids.overflow, !total.overflow, total.partialValue <= bytes.count / 4 else {
            throw .bytes(message: "expected more than \(bytes.count) bytes for this shape")
        }
        try self.init(
            centroids: words.elements(total.partialValue), width: header[0], configuration: configuration)
    }

    private static func validate(
        _ configuration: QuantizerConfiguration, width: Int
    ) throws(VectorSearchError) {
        try configuration.validate(width: width, slices: false)
        guard !configuration.rotates else {
            throw .setting(name: "rotates", value: 1, expected: "0: a residual quantizer turns nothing")
        }
    }
}
