extension ProductQuantizer {
    /// `TAIJIPQ2`, then little-endian 32-bit numbers: width, M, bits, normalizes, rotates, iterations, seed,
    /// and as float32 bit patterns the centroids `[M, C, D / M]` and, where it rotates, the rotation `[D,
    /// D]`.
    private static let magic = [UInt8]("TAIJIPQ2".utf8)

    /// The quantizer as bytes of an artifact; the training warning is not kept.
    public func bytes() throws(VectorSearchError) -> [UInt8] {
        quantizerBytes(
            Self.magic,
            [
                width, subquantizerCount, configuration.bits, configuration.normalizes ? 1 : 0,
                configuration.rotates ? 1 : 0, configuration.iterations,
            ], seed: configuration.seed, elements: try centroids() + rotation)
    }

    /// A quantizer from what `bytes()` wrote.
    /// - Throws: `VectorSearchError.bytes` for anything else.
    public convenience init(bytes: [UInt8]) throws(VectorSearchError) {
        let words = try QuantizerWords(bytes, magic: Self.magic, header: 7)
        func word(_ index: Int) -> UInt32 { words.header[index] }
        let configuration = QuantizerConfiguration(
            subquantizerCount: Int(word(1)), bits: Int(word(2)), normalizes: word(3) == 1,
            rotates: word(4) == 1, iterations: Int(word(5)), seed: Int32(bitPattern: word(6)))
        let width = Int(word(0))
        try configuration.validate(width: width)
        let centroidLength = width * configuration.centroidCount
        let numbers = try words.elements(centroidLength + (configuration.rotates ? width * width : 0))
        try self.init(
            centroids: Array(numbers.prefix(centroidLength)),
            rotation: Array(numbers.dropFirst(centroidLength)), width: width, configuration: configuration)
    }
}
