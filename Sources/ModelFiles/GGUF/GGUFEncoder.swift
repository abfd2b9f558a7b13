public import Foundation

/// Writes a GGUF file (version 3) piece by piece.
public struct GGUFEncoder {
    /// A tensor to be written.
    public struct Item: Sendable {
        /// The name in the file; unique.
        public let name: String
        /// Sizes, outermost first.
        public let shape: [Int]
        /// Stored form. The innermost size is a multiple of its block size.
        public let type: GGUFTensorType

        /// A tensor of this name, shape and form.
        public init(name: String, shape: [Int], type: GGUFTensorType) {
            (self.name, self.shape, self.type) = (name, shape, type)
        }

        /// Bytes of the stored tensor, without padding.
        public var byteCount: Int { shape.reduce(1, *) / type.blockSize * type.blockBytes }
    }

    /// Keys and values in the order of the file.
    public var metadata: [(key: String, value: GGUFValue)]
    /// Tensors in the order of the file.
    public var items: [Item]

    private static let alignment = 32

    /// A file with this metadata and these tensors.
    public init(metadata: [(key: String, value: GGUFValue)] = [], items: [Item] = []) {
        (self.metadata, self.items) = (metadata, items)
    }

    /// Writes the file, without holding it in memory. It appears under its name only when it is whole.
    ///
    /// - Parameter body: appends the stored bytes of the tensor at `index` of `items`, in any number of
    ///   parts.
    /// - Throws: `ModelFileError` when the file cannot be written, a number is too large for it, or a
    ///   tensor's bytes do not fill its shape; and what `body` throws.
    public func write(
        to url: URL, _ body: (_ index: Int, _ output: FileOutput) throws -> Void
    ) throws {
        let header = try header(path: url.path)
        try FileOutput.write(to: url) { output in
            try header.withUnsafeBytes(output.append)
            for (index, item) in items.enumerated() {
                let start = output.count
                try body(index, output)
                let written = output.count - start
                guard written == item.byteCount else {
                    throw ModelFileError(
                        path: url.path,
                        message: "got \(written) bytes of '\(item.name)'; expected \(item.byteCount)")
                }
                let padding = [UInt8](repeating: 0, count: Self.padded(written) - written)
                try padding.withUnsafeBytes(output.append)
            }
        }
    }

    private static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

    private func header(path: String) throws -> [UInt8] {
        var bytes = Array("GGUF".utf8)
        Self.append(UInt32(3), to: &bytes)
        Self.append(UInt64(items.count), to: &bytes)
        Self.append(UInt64(metadata.count), to: &bytes)
        for (key, value) in metadata {
            Self.append(key, to: &bytes)
            try Self.append(value, of: key, path: path, to: &bytes)
        }
        var offset = 0
        for tensor in items {
            Self.append(tensor.name, to: &bytes)
            Self.append(UInt32(tensor.shape.count), to: &bytes)
            for size in tensor.shape.reversed() { Self.append(UInt64(size), to: &bytes) }
            Self.append(tensor.type.rawValue, to: &bytes)
            Self.append(UInt64(offset), to: &bytes)
            offset += Self.padded(tensor.byteCount)
        }
        return bytes + [UInt8](repeating: 0, count: Self.padded(bytes.count) - bytes.count)
    }

    private static func append(_ value: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        append(UInt64(text.utf8.count), to: &bytes)
        bytes.append(contentsOf: text.utf8)
    }

    /// Whole numbers are stored as uint32, other numbers as float32, lists of whole numbers as int32: the
    /// types that llama.cpp asks for.
    private static func append(
        _ value: GGUFValue, of key: String, path: String, to bytes: inout [UInt8]
    ) throws {
        func begin(_ type: UInt32, arrayOf count: Int? = nil) {
            if let count {
                append(UInt32(9), to: &bytes)
                append(type, to: &bytes)
                append(UInt64(count), to: &bytes)
            } else {
                append(type, to: &bytes)
            }
        }
        func narrow<Narrow: FixedWidthInteger>(_ number: Int) throws -> Narrow {
            guard let result = Narrow(exactly: number) else {
                throw ModelFileError(
                    path: path, message: "\(number) is too large for a GGUF file's '\(key)'")
            }
            return result
        }
        switch value {
        case .integer(let number):
            begin(4)
            append(try narrow(number) as UInt32, to: &bytes)
        case .real(let number):
            begin(6)
            append(Float(number).bitPattern, to: &bytes)
        case .bool(let truth):
            begin(7)
            bytes.append(truth ? 1 : 0)
        case .string(let text):
            begin(8)
            append(text, to: &bytes)
        case .strings(let texts):
            begin(8, arrayOf: texts.count)
            for text in texts { append(text, to: &bytes) }
        case .integers(let numbers):
            begin(5, arrayOf: numbers.count)
            for number in numbers { append(try narrow(number) as Int32, to: &bytes) }
        case .reals(let numbers):
            begin(6, arrayOf: numbers.count)
            for number in numbers { append(Float(number).bitPattern, to: &bytes) }
        }
    }
}
