/// Turns vectors of width D into M ids each, and ids back into vectors.
public protocol VectorQuantizer: AnyObject, Sendable {
    /// Width of a vector, D.
    var width: Int { get }
    /// Shape and training settings.
    var configuration: QuantizerConfiguration { get }
    /// What was wrong with the training set, if anything; nil for a quantizer that was read from bytes.
    var trainingWarning: TrainingWarning? { get }

    /// Ids of vectors `[N, D]` row by row.
    func encode(_ vectors: [Float]) throws(VectorSearchError) -> QuantizedCodes
    /// The vectors that codes stand for, `[N, D]` row by row, in the space that the quantizer sees.
    func decode(_ codes: QuantizedCodes) throws(VectorSearchError) -> [Float]
    /// Vectors as the quantizer sees them: normalized and turned, where it does that.
    func prepared(_ vectors: [Float]) throws(VectorSearchError) -> [Float]
    /// The quantizer as bytes of an artifact; the training warning is not kept.
    func bytes() throws(VectorSearchError) -> [UInt8]
}

extension VectorQuantizer {
    /// Ids a vector, M.
    public var subquantizerCount: Int { configuration.subquantizerCount }
    /// Values of one id, C.
    public var centroidCount: Int { configuration.centroidCount }

    /// A name of the code book: 16 hexadecimal digits that differ where a centroid does (FNV-1a of the
    /// bytes).
    public func version() throws(VectorSearchError) -> String {
        let digest = try bytes().reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        let text = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }

    /// - Throws: `VectorSearchError` for codes of another shape, of another code book, or out of range.
    func requireOwn(_ codes: QuantizedCodes) throws(VectorSearchError) {
        guard codes.subquantizerCount == subquantizerCount else {
            throw .shape(what: "codes", elementCount: codes.values.count, width: subquantizerCount)
        }
        let own = try version()
        if let other = codes.codebook, other != own { throw .codebook(expected: own, found: other) }
        if let index = codes.values.firstIndex(where: { Int($0) >= centroidCount }) {
            throw .code(
                row: index / subquantizerCount, value: Int(codes.values[index]), centroidCount: centroidCount)
        }
    }
}
