public import Foundation
public import Torch

/// A GGUF model file (version 2 or 3), memory-mapped: metadata, and tensors that are dequantized when asked
/// for.
public struct GGUFFile: Sendable {
    /// Metadata by key.
    public let metadata: [String: GGUFValue]
    /// Tensors by name.
    public let tensors: [String: TensorInfo]
    /// The file.
    public let url: URL
    private let mapping: MappedFile

    /// Maps a file and reads its header.
    ///
    /// - Throws: `LanguageModelError.file` when it is missing, cut short, damaged, not GGUF, or holds an
    ///   unknown tensor type.
    public init(_ url: URL) throws {
        self.url = url
        do {
            mapping = try MappedFile(
                url, kind: "a GGUF model file (run `make setup` to fetch the default one)")
        } catch TorchError.file(let path, let message) {
            throw LanguageModelError.file(path: path, message: message)
        }
        let header = try GGUFHeader(UnsafeRawBufferPointer(mapping.bytes), path: url.path)
        (metadata, tensors) = (header.metadata, header.tensors)
    }

    /// The numbers of one tensor, row-major, dequantized exactly as ggml's reference does.
    ///
    /// - Throws: `LanguageModelError.file` naming the tensor when it is not there.
    public func values(_ name: String) throws -> [Float] {
        let info = try info(name)
        let count = info.shape.reduce(1, *)
        return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            dequantize(stored(info), as: info.type, into: buffer)
            initialized = count
        }
    }

    /// One tensor: of an F32, F16 or BF16 tensor over the mapped file, in that type; of any other
    /// dequantized, float32.
    ///
    /// A tensor over the file may be written to, which changes this process's copy and not the file.
    ///
    /// - Parameter arena: where a dequantized tensor is put; nil for memory of its own.
    /// - Throws: `LanguageModelError.file` naming the tensor when it is not there.
    public func tensor(_ name: String, in arena: TensorArena? = nil) throws -> Tensor {
        let info = try info(name)
        let plain: ElementType? =
            switch info.type {
            case .f32: .float32
            case .f16: .float16
            case .bf16: .bfloat16
            default: nil
            }
        if let plain {
            return try Tensor.borrowing(
                UnsafeMutableRawBufferPointer(rebasing: mapping.bytes[info.bytes]), type: plain,
                shape: info.shape, owner: mapping)
        }
        defer { mapping.forget(info.bytes) }
        let fill = { [self] (memory: UnsafeMutableRawBufferPointer) in
            dequantize(stored(info), as: info.type, into: memory.bindMemory(to: Float.self))
        }
        return try arena?.tensor(info.shape, type: .float32, by: fill)
            ?? Tensor.filled(info.shape, type: .float32, by: fill)
    }

    private func stored(_ info: TensorInfo) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: mapping.bytes[info.bytes])
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
