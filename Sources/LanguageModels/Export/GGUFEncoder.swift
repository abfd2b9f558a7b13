import Foundation

/// Writes a GGUF file (version 3) piece by piece.
struct GGUFEncoder {
    /// In the order of the file.
    var metadata: [(key: String, value: GGUFValue)] = []
    var tensors: [ExportedTensor] = []

    private static let alignment = 32

    /// Writes the file, without holding it in memory. It appears under its name only when it is whole.
    ///
    /// - Throws: `LanguageModelError`, naming the file when it cannot be written.
    func write(to url: URL) throws {
        let partial = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).partial")
        do {
            try Data().write(to: partial)
            let file = try FileHandle(forWritingTo: partial)
            try file.write(contentsOf: Data(header()))
            for tensor in tensors {
                try tensor.forEachChunk { try file.write(contentsOf: Data($0)) }
                let padding = Self.padded(tensor.byteCount) - tensor.byteCount
                if padding > 0 { try file.write(contentsOf: Data(count: padding)) }
            }
            try file.synchronize()
            try file.close()
            guard rename(partial.path, url.path) == 0 else {
                throw LanguageModelError.file(path: url.path, message: "cannot be put in place")
            }
        } catch {
            try? FileManager.default.removeItem(at: partial)
            if error is LanguageModelError { throw error }
            throw LanguageModelError.file(
                path: url.path, message: "cannot be written (\(error.localizedDescription))")
        }
    }

    private static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }

    private func header() throws -> [UInt8] {
        var bytes = Array("GGUF".utf8)
        Self.append(UInt32(3), to: &bytes)
        Self.append(UInt64(tensors.count), to: &bytes)
        Self.append(UInt64(metadata.count), to: &bytes)
        for (key, value) in metadata {
            Self.append(key, to: &bytes)
            try Self.append(value, of: key, to: &bytes)
        }
        var offset = 0
        for tensor in tensors {
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
    private static func append(_ value: GGUFValue, of key: String, to bytes: inout [UInt8]) throws {
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
                throw LanguageModelError.configuration("\(number) is too large for a GGUF file's '\(key)'")
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
