public import Foundation

/// A GGUF model file (version 2 or 3), memory-mapped: metadata, and tensors that are dequantized when asked
/// for.
public struct GGUFFile: Sendable {
    /// A tensor's place and form.
    public struct TensorInfo: Sendable {
        /// Sizes, outermost first (GGUF lists them innermost first).
        public let shape: [Int]
        /// Stored form.
        public let type: GGUFTensorType
        let bytes: Range<Int>
    }

    /// Metadata by key.
    public let metadata: [String: GGUFValue]
    /// Tensors by name.
    public let tensors: [String: TensorInfo]
    /// The file.
    public let url: URL
    private let data: Data

    /// Maps a file and reads its header.
    ///
    /// - Throws: `LanguageModelError.file` when it is missing, cut short, not GGUF, or holds an unknown
    ///   tensor type.
    public init(_ url: URL) throws {
        self.url = url
        do { data = try Data(contentsOf: url, options: .alwaysMapped) } catch {
            throw LanguageModelError.file(
                path: url.path,
                message:
                    "cannot be read; expected a GGUF model file (run `make setup` to fetch the default one)")
        }
        (metadata, tensors) = try data.withUnsafeBytes { bytes in
            var cursor = GGUFCursor(bytes, path: url.path)
            guard try cursor.take(UInt32.self) == 0x4655_4747 else {
                throw cursor.failure("does not begin with 'GGUF'; expected a GGUF model file")
            }
            let version = try cursor.take(UInt32.self)
            guard version == 2 || version == 3 else {
                throw cursor.failure("is GGUF version \(version); versions 2 and 3 are read")
            }
            let tensorCount = try cursor.takeCount("tensors")
            let keyCount = try cursor.takeCount("metadata keys")
            var metadata: [String: GGUFValue] = [:]
            for _ in 0..<keyCount {
                let key = try cursor.takeString()
                metadata[key] = try cursor.takeValue(type: try cursor.take(UInt32.self))
            }
            // Not a map: that would reserve room for a damaged file's claim of 10¹² tensors.
            var infos: [(name: String, shape: [Int], type: GGUFTensorType, offset: Int)] = []
            for _ in 0..<tensorCount { infos.append(try Self.takeInfo(&cursor)) }
            let alignment = metadata["general.alignment"]?.integer ?? 32
            guard (1...1 << 20).contains(alignment) else {
                throw cursor.failure("has an alignment of \(alignment); it is damaged or not GGUF")
            }
            let start = (cursor.offset + alignment - 1) / alignment * alignment
            var tensors: [String: TensorInfo] = [:]
            for (name, shape, type, offset) in infos {
                guard let count = Self.product(shape) else {
                    throw cursor.failure("gives tensor '\(name)' shape \(shape); it is damaged or not GGUF")
                }
                let size = count / type.blockSize * type.blockBytes
                let range = start + offset..<start + offset + size
                guard range.upperBound <= bytes.count else {
                    throw cursor.failure(
                        "is cut short: tensor '\(name)' ends at byte \(range.upperBound), the file at \(bytes.count);"
                            + " fetch it again")
                }
                tensors[name] = TensorInfo(shape: shape, type: type, bytes: range)
            }
            return (metadata, tensors)
        }
    }

    /// Nil when the product is larger than any file.
    private static func product(_ shape: [Int]) -> Int? {
        shape.reduce(1) { product, size -> Int? in
            guard let (next, isTooLarge) = product?.multipliedReportingOverflow(by: size) else { return nil }
            return isTooLarge || next >= 1 << 48 ? nil : next
        }
    }

    private static func takeInfo(
        _ cursor: inout GGUFCursor
    ) throws -> (name: String, shape: [Int], type: GGUFTensorType, offset: Int) {
        let name = try cursor.takeString()
        let rank = try cursor.take(UInt32.self)
        guard rank <= 8 else { throw cursor.failure("gives tensor '\(name)' \(rank) axes") }
        let shape = try (0..<rank).map { _ in try cursor.takeCount("sizes of '\(name)'") }.reversed()
        let code = try cursor.take(UInt32.self)
        guard let type = GGUFTensorType(rawValue: code) else {
            let known = GGUFTensorType.allCases.map { "\($0)" }.joined(separator: ", ")
            throw cursor.failure("stores tensor '\(name)' as unknown type \(code); known types: \(known)")
        }
        guard (shape.last ?? 1) % type.blockSize == 0 else {
            throw cursor.failure(
                "gives tensor '\(name)' rows of \(shape.last ?? 0), no multiple of \(type.blockSize)")
        }
        return (name, Array(shape), type, try cursor.takeCount("offset of '\(name)'"))
    }

    /// The numbers of one tensor, row-major, dequantized exactly as ggml's reference does.
    ///
    /// - Throws: `LanguageModelError.file` naming the tensor when it is not there.
    public func values(_ name: String) throws -> [Float] {
        let info = try info(name)
        let count = info.shape.reduce(1, *)
        return data.withUnsafeBytes { bytes in
            [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
                dequantize(UnsafeRawBufferPointer(rebasing: bytes[info.bytes]), as: info.type, into: buffer)
                initialized = count
            }
        }
    }

    /// A tensor's place and form.
    ///
    /// - Throws: `LanguageModelError.file` naming the tensor when it is not there.
    public func info(_ name: String) throws -> TensorInfo {
        guard let info = tensors[name] else {
            throw LanguageModelError.file(path: url.path, message: "has no tensor '\(name)'")
        }
        return info
    }

    /// A metadata value that must be there.
    public func required<Value>(_ key: String, _ read: (GGUFValue) -> Value?) throws -> Value {
        guard let value = metadata[key].flatMap(read) else {
            throw LanguageModelError.file(
                path: url.path, message: "has no metadata '\(key)' of the expected kind")
        }
        return value
    }
}
