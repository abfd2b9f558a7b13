/// An artifact: its magic, then little-endian 32-bit words: numbers, the seed, and float32 bit patterns.
func quantizerBytes(_ magic: [UInt8], _ numbers: [Int], seed: Int32, elements: [Float]) -> [UInt8] {
    var bytes = magic
    bytes.reserveCapacity(magic.count + 4 * (numbers.count + 1 + elements.count))
    func append(_ word: UInt32) {
        for shift in stride(from: 0, to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    for number in numbers { append(UInt32(truncatingIfNeeded: number)) }
    append(UInt32(bitPattern: seed))
    for element in elements { append(element.bitPattern) }
    return bytes
}

/// The words of an artifact.
struct QuantizerWords {
    /// Numbers and the seed.
    let header: [UInt32]
    private let bytes: [UInt8]
    private let start: Int

    /// - Throws: `VectorSearchError.bytes` for bytes that begin otherwise or are too few.
    init(_ bytes: [UInt8], magic: [UInt8], header count: Int) throws(VectorSearchError) {
        guard bytes.count >= magic.count + 4 * count, bytes.starts(with: magic) else {
            throw .bytes(
                message: "expected a file that begins with \(String(decoding: magic, as: UTF8.self)), "
                    + "found \(bytes.count) other bytes")
        }
        header = (0..<count).map { Self.word(bytes, magic.count + 4 * $0) }
        start = magic.count + 4 * count
        self.bytes = bytes
    }

    /// The float32 numbers after the header.
    ///
    /// - Throws: `VectorSearchError.bytes` where there are not exactly so many.
    func elements(_ count: Int) throws(VectorSearchError) -> [Float] {
        guard bytes.count == start + 4 * count else {
            throw .bytes(message: "expected \(start + 4 * count) bytes for this shape, found \(bytes.count)")
        }
        return (0..<count).map { Float(bitPattern: Self.word(bytes, start + 4 * $0)) }
    }

    private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) }
    }
}
