public import Foundation

/// A GGUF model file (version 2 or 3), memory-mapped: metadata, and tensors that are dequantized when asked
/// for.
public struct GGUFFile: Sendable {
    /// Metadata by key.
    public let metadata: [String: GGUFValue]
    /// Tensors by name.
    public let tensors: [String: TensorInfo]
    /// The file.
    public let url: URL
    /// The file's bytes; what is made over them keeps it alive.
    public let mapping: MappedFile

    /// Maps a file and reads its header.
    ///
    /// - Throws: `ModelFileError` when it is missing, cut short, damaged, not GGUF, or holds an
    ///   unknown tensor type.
    public init(_ url: URL) throws {
        self.url = url
        mapping = try MappedFile(url, kind: "a GGUF model file (run `make setup` to fetch the default one)")
        let header = try GGUFHeader(UnsafeRawBufferPointer(mapping.bytes), path: url.path)
        (metadata, tensors) = (header.metadata, header.tensors)
    }

    /// The numbers of one tensor, row-major, dequantized exactly as ggml's reference does.
    ///
    /// - Throws: `ModelFileError` naming the tensor when it is not there.
    public func values(_ name: String) throws -> [Float] {
        let info = try info(name)
        let count = info.shape.reduce(1, *)
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            dequantize(stored(info), as: info.type, into: buffer)
            initialized = count
        }
    }

    /// A tensor's bytes as stored. Valid as long as `mapping`.
    public func stored(_ info: TensorInfo) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: mapping.bytes[info.bytes])
    }

    /// A tensor's place and form.
    ///
    /// - Throws: `ModelFileError` naming the tensor when it is not there.
    public func info(_ name: String) throws -> TensorInfo {
        guard let info = tensors[name] else {
            throw ModelFileError(path: url.path, message: "has no tensor '\(name)'")
        }
        return info
    }

    /// A metadata value that must be there.
    public func required<Value>(_ key: String, _ read: (GGUFValue) -> Value?) throws -> Value {
        guard let value = metadata[key].flatMap(read) else {
            throw ModelFileError(
                path: url.path, message: "has no metadata '\(key)' of the expected kind")
        }
        return value
    }
}
