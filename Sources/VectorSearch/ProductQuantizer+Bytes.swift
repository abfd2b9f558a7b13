extension ProductQuantizer {
    /// `TAIJIPQ2`, then little-endian 32-bit numbers: width, M, bits, normalizes, rotates, iterations, seed, and as float32 bit
    /// patterns the centroids `[M, C, D / M]` and, where it rotates, the rotation `[D, D]`.
    private static let magic = [UInt8]("TAIJIPQ2".utf8)
    private static let headerLength = 8 + 7 * 4

    /// The quantizer as bytes of an artifact; the training warning is not kept.
    public func bytes() throws(VectorSearchError) -> [UInt8] {
        var bytes = Self.magic
        func append(_ word: UInt32) {
            for shift in stride(from: 0, to: 32, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> shift))
            }
        }
        for number in [
            width, subquantizerCount, configuration.bits, configuration.normalizes ? 1 : 0,
            configuration.rotates ? 1 : 0, configuration.iterations,
        ] {
            append(UInt32(truncatingIfNeeded: number))
        }
        append(UInt32(bitPattern: configuration.seed))
        for element in try centroids() + rotation { append(element.bitPattern) }
        return bytes
    }

    /// A name of the code book: 16 hexadecimal digits that differ where a centroid does (FNV-1a of the bytes).
    public func version() throws(VectorSearchError) -> String {
        let digest = try bytes().reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        let text = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    /// A quantizer from what `bytes()` wrote.
    /// - Throws: `VectorSearchError.bytes` for anything else.
    public convenience init(bytes: [UInt8]) throws(VectorSearchError) {
        guard bytes.count >= Self.headerLength, bytes.starts(with: Self.magic) else {
            throw .bytes(
                message: "expected a file that begins with TAIJIPQ2, found \(bytes.count) other bytes")
        }
        func word(_ index: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[Self.magic.count + 4 * index + $1]) << (8 * UInt32($1)) }
        }
        let configuration = QuantizerConfiguration(
            subquantizerCount: Int(word(1)), bits: Int(word(2)), normalizes: word(3) == 1,
            rotates: word(4) == 1, iterations: Int(word(5)), seed: Int32(bitPattern: word(6)))
        let width = Int(word(0))
        try configuration.validate(width: width)
        let centroidLength = width * configuration.centroidCount
        let expected = Self.headerLength + 4 * (centroidLength + (configuration.rotates ? width * width : 0))
        guard bytes.count == expected else {
            throw .bytes(message: "expected \(expected) bytes for this shape, found \(bytes.count)")
        }
        let numbers = (7..<7 + (expected - Self.headerLength) / 4).map { Float(bitPattern: word($0)) }
        try self.init(
            centroids: Array(numbers.prefix(centroidLength)),
            rotation: Array(numbers.dropFirst(centroidLength)), width: width, configuration: configuration)
    }
}
