public import Foundation

/// A file of named tensors in the safetensors format, memory-mapped.
///
/// Layout (huggingface/safetensors): eight bytes with the header's length, a JSON header of
/// `name → dtype, shape, data_offsets`, then the tensors' bytes.
public struct SafetensorsFile: Sendable {
    /// Where a tensor lies in the file, and what it is.
    public struct Entry: Sendable {
        /// Element type as stored.
        public let type: ElementType
        /// Sizes, outermost first.
        public let shape: [Int]
        let bytes: Range<Int>
    }

    /// The file's tensors by name.
    public let entries: [String: Entry]
    private let data: Data
    private let path: String

    private struct Header: Decodable {
        let dtype: String
        let shape: [Int]
        let data_offsets: [Int]
    }

    /// Maps the file and reads its header.
    ///
    /// - Throws: `TorchError.file` when it is missing, cut short or not safetensors.
    public init(_ url: URL) throws {
        path = url.path
        func fail(_ message: String) -> TorchError { .file(path: url.path, message: message) }
        do { data = try Data(contentsOf: url, options: .alwaysMapped) } catch {
            throw fail("cannot be read; expected a safetensors file (\(error.localizedDescription))")
        }
        guard data.count >= 8 else { throw fail("is \(data.count) bytes long; expected a safetensors file") }
        let length = data.prefix(8).enumerated().reduce(UInt64(0)) {
            $0 | UInt64($1.element) << (8 * $1.offset)
        }
        guard length < UInt64(data.count) - 8 + 1 else {
            throw fail("is cut short or not safetensors: its header claims \(length) bytes of \(data.count)")
        }
        let start = 8 + Int(length)
        let object = try? JSONSerialization.jsonObject(with: data.subdata(in: 8..<start)) as? [String: Any]
        guard let object else { throw fail("has a header that is not JSON; expected a safetensors file") }
        var entries: [String: Entry] = [:]
        for (name, value) in object where name != "__metadata__" {
            let raw = try JSONSerialization.data(withJSONObject: value)
            guard let header = try? JSONDecoder().decode(Header.self, from: raw),
                header.data_offsets.count == 2,
                0 <= header.data_offsets[0], header.data_offsets[0] <= header.data_offsets[1]
            else { throw fail("has a header entry for '\(name)' that cannot be read") }
            guard let type = ElementType(safetensors: header.dtype) else {
                throw fail("holds '\(name)' as \(header.dtype), which is not supported")
            }
            guard header.data_offsets[1] <= data.count - start else {
                throw fail(
                    "is cut short: '\(name)' ends at byte \(header.data_offsets[1]) of \(data.count - start) after"
                        + " the header")
            }
            let bytes = start + header.data_offsets[0]..<start + header.data_offsets[1]
            guard bytes.count == Self.byteCount(header.shape, type) else {
                throw fail("gives '\(name)' \(bytes.count) bytes for shape \(header.shape) of \(type)")
            }
            entries[name] = Entry(type: type, shape: header.shape, bytes: bytes)
        }
        self.entries = entries
    }

    /// Nil when a size is negative or the product is too large for an integer.
    private static func byteCount(_ shape: [Int], _ type: ElementType) -> Int? {
        shape.reduce(type.byteCount) { product, size -> Int? in
            guard let product, size >= 0 else { return nil }
            let (next, isTooLarge) = product.multipliedReportingOverflow(by: size)
            return isTooLarge ? nil : next
        }
    }

    /// A copy of one tensor in its stored type.
    ///
    /// - Throws: `TorchError.file` that names the tensor when it is not there.
    public func tensor(_ name: String) throws -> Tensor {
        guard let entry = entries[name] else {
            throw TorchError.file(path: path, message: "has no tensor '\(name)'")
        }
        return try data.withUnsafeBytes {
            try Tensor.from(
                UnsafeRawBufferPointer(rebasing: $0[entry.bytes]), type: entry.type, shape: entry.shape)
        }
    }

    /// Writes tensors one after another, sorted by name, without holding the file in memory. The file appears
    /// under its name only when it is whole.
    public static func write(_ tensors: [(name: String, tensor: Tensor)], to url: URL) throws {
        let sorted = tensors.sorted { $0.name < $1.name }
        var offset = 0
        var items: [String] = []
        for (name, tensor) in sorted {
            let type = try tensor.elementType
            let end = offset + tensor.count * type.byteCount
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            items.append(
                "\"\(name)\":{\"dtype\":\"\(type.safetensors)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var header = "{\"__metadata__\":{\"format\":\"pt\"}" + items.map { "," + $0 }.joined() + "}"
        header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let partial = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).partial")
        do {
            try Data().write(to: partial)
            let file = try FileHandle(forWritingTo: partial)
            let length = UInt64(header.utf8.count)
            try file.write(contentsOf: Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }))
            try file.write(contentsOf: Data(header.utf8))
            for (_, tensor) in sorted {
                try tensor.withBytes { bytes in
                    guard let base = bytes.baseAddress else { return }
                    let view = Data(
                        bytesNoCopy: UnsafeMutableRawPointer(mutating: base), count: bytes.count,
                        deallocator: .none)
                    try file.write(contentsOf: view)
                }
            }
            try file.synchronize()
            try file.close()
            guard rename(partial.path, url.path) == 0 else {
                throw TorchError.file(path: url.path, message: "cannot be put in place")
            }
        } catch {
            try? FileManager.default.removeItem(at: partial)
            if error is TorchError { throw error }
            throw TorchError.file(
                path: url.path, message: "cannot be written (\(error.localizedDescription))")
        }
    }
}

extension ElementType {
    init?(safetensors name: String) {
        guard let match = Self.allCases.first(where: { $0.safetensors == name }) else { return nil }
        self = match
    }

    var safetensors: String {
        switch self {
        case .float32: "F32"
        case .float64: "F64"
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .int64: "I64"
        case .int32: "I32"
        case .uint8: "U8"
        case .bool: "BOOL"
        }
    }
}
