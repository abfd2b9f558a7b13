/// What a GGUF file (version 2 or 3) says about itself: metadata, and where its tensors lie. It is read
/// from bytes that anyone may have made.
struct GGUFHeader {
    let metadata: [String: GGUFValue]
    let tensors: [String: GGUFFile.TensorInfo]

    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - path: its name, for messages.
    /// - Throws: `ModelFileError` when it is cut short, damaged, not GGUF, or holds an unknown
    ///   tensor type.
    init(_ bytes: UnsafeRawBufferPointer, path: String) throws {
        var cursor = GGUFCursor(bytes, path: path)
        guard try cursor.take(UInt32.self) == 0x4655_4747 else {
            throw cursor.failure("does not begin with 'GGUF'; expected a GGUF model file")
        }
        let version = try cursor.take(UInt32.self)
        guard version == 2 || version == 3 else {
            throw cursor.failure("is GGUF version \(version); versions 2 and 3 are read")
        }
        // The smallest tensor and the smallest pair take these many bytes.
        let tensorCount = try cursor.takeCount("tensors", ofSize: 8 + 4 + 4 + 8)
        let pairCount = try cursor.takeCount("metadata keys", ofSize: 8 + 4 + 1)
        var metadata: [String: GGUFValue] = [:]
        for _ in 0..<pairCount {
            let key = try cursor.takeString()
            let value = try cursor.takeValue(key: key)
            guard metadata.updateValue(value, forKey: key) == nil else {
                throw cursor.failure("has metadata '\(key)' twice; it is damaged or not GGUF")
            }
        }
        var records: [Record] = []
        for _ in 0..<tensorCount { records.append(try Record(&cursor)) }
        let alignment = try Self.alignment(metadata, cursor)
        self.metadata = metadata
        tensors = try Self.layOut(records, alignment: alignment, cursor, count: bytes.count)
    }

    private static func alignment(
        _ metadata: [String: GGUFValue], _ cursor: GGUFCursor
    ) throws -> Int {
        guard let value = metadata["general.alignment"] else { return 32 }
        guard let alignment = value.integer, (1...1 << 20).contains(alignment),
            alignment & (alignment - 1) == 0
        else {
            throw cursor.failure(
                "has an alignment of \(value.integer.map(String.init) ?? "another kind"); expected a power "
                    + "of 2"
            )
        }
        return alignment
    }

    /// Gives every tensor its bytes. As in ggml, they follow one another in the order of their records, each
    /// padded to the alignment.
    private static func layOut(
        _ records: [Record], alignment: Int, _ cursor: GGUFCursor, count: Int
    ) throws -> [String: GGUFFile.TensorInfo] {
        func padded(_ offset: Int) -> Int { (offset + alignment - 1) / alignment * alignment }
        let start = padded(cursor.offset)
        var expected = 0
        var tensors: [String: GGUFFile.TensorInfo] = [:]
        for record in records {
            guard record.offset == expected else {
                throw cursor.failure(
                    "puts tensor '\(record.name)' at byte \(record.offset) after the header; expected "
                        + "\(expected);"
                        + " it is damaged or not GGUF")
            }
            let range = start + expected..<start + expected + record.byteCount
            guard range.upperBound <= count else {
                throw cursor.failure(
                    "is cut short: tensor '\(record.name)' ends at byte \(range.upperBound), the file at "
                        + "\(count);"
                        + " fetch it again")
            }
            let info = GGUFFile.TensorInfo(shape: record.shape, type: record.type, bytes: range)
            guard tensors.updateValue(info, forKey: record.name) == nil else {
                throw cursor.failure("has tensor '\(record.name)' twice; it is damaged or not GGUF")
            }
            expected = padded(expected + record.byteCount)
        }
        return tensors
    }

    /// A tensor as the header describes it.
    private struct Record {
        let name: String
        /// Outermost first.
        let shape: [Int]
        let type: GGUFTensorType
        /// From where the tensors begin.
        let offset: Int
        let byteCount: Int

        init(_ cursor: inout GGUFCursor) throws {
            let name = try cursor.takeString()
            let rank = try cursor.take(UInt32.self)
            guard rank <= 4 else {
                throw cursor.failure("gives tensor '\(name)' \(rank) axes; ggml has at most 4")
            }
            var sizes: [Int] = []
            for _ in 0..<rank { sizes.append(try cursor.takeSize("numbers on an axis of '\(name)'")) }
            let code = try cursor.take(UInt32.self)
            guard let type = GGUFTensorType(rawValue: code) else {
                let known = GGUFTensorType.allCases.map { "\($0)" }.joined(separator: ", ")
                throw cursor.failure("stores tensor '\(name)' as unknown type \(code); known types: \(known)")
            }
            let row = sizes.first ?? 1
            guard row % type.blockSize == 0 else {
                throw cursor.failure(
                    "gives tensor '\(name)' rows of \(row), no multiple of \(type.blockSize)")
            }
            (self.name, self.shape, self.type) = (name, sizes.reversed(), type)
            offset = try cursor.takeSize("bytes before tensor '\(name)'")
            // A size of 0 does not excuse the others: they are multiplied elsewhere, in another order.
            let count = sizes.reduce(1) { product, size -> Int? in
                guard let (next, isTooLarge) = product?.multipliedReportingOverflow(by: max(size, 1)) else {
                    return nil
                }
                return isTooLarge || next >= 1 << 48 ? nil : next
            }
            guard let count else {
                throw cursor.failure("gives tensor '\(name)' shape \(shape); it is damaged or not GGUF")
            }
            byteCount = sizes.contains(0) ? 0 : count / type.blockSize * type.blockBytes
        }
    }
}

extension GGUFFile {
    /// A tensor's place and form.
    public struct TensorInfo: Sendable {
        /// Sizes, outermost first (GGUF lists them innermost first).
        public let shape: [Int]
        /// Stored form.
        public let type: GGUFTensorType
        /// Counted from the file's start.
        public let bytes: Range<Int>
    }
}
