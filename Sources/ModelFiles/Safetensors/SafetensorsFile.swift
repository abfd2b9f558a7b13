public import Foundation

/// A file of named tensors in the safetensors format, memory-mapped.
public struct SafetensorsFile: Sendable {
    /// The file's tensors by name.
    public let entries: [String: SafetensorsEntry]
    /// The file's bytes; what is made over them keeps it alive.
    public let mapping: MappedFile
    /// The file, for messages.
    public let path: String

    /// Maps the file and reads its header.
    ///
    /// - Throws: `ModelFileError` when it is missing, cut short, damaged or not safetensors.
    public init(_ url: URL) throws {
        path = url.path
        mapping = try MappedFile(url, kind: "a safetensors file")
        entries = try SafetensorsHeader(UnsafeRawBufferPointer(mapping.bytes), path: url.path).entries
    }

    /// Where a tensor lies, and what it is.
    ///
    /// - Throws: `ModelFileError` that names the tensor when it is not there.
    public func entry(_ name: String) throws -> SafetensorsEntry {
        guard let entry = entries[name] else {
            throw ModelFileError(path: path, message: "has no tensor '\(name)'")
        }
        return entry
    }

    /// The bytes of a tensor in the mapped file; empty for a tensor that is not there. Valid as long as
    /// `mapping`.
    func bytes(_ name: String) -> UnsafeRawBufferPointer {
        entries[name].map { UnsafeRawBufferPointer(rebasing: mapping.bytes[$0.bytes]) }
            ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// The elements of a float32 tensor where they lie in the mapped file, row-major, and what keeps them
    /// there.
    ///
    /// - Throws: `ModelFileError` when there is no such tensor, or it is of another type or not aligned.
    public func mappedElements(
        _ name: String
    ) throws -> (elements: UnsafeBufferPointer<Float>, owner: AnyObject) {
        guard let entry = entries[name], entry.type == .float32 else {
            throw ModelFileError(path: path, message: "has no float32 tensor '\(name)'")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[entry.bytes])
        guard UInt(bitPattern: bytes.baseAddress) % 4 == 0 else {
            throw ModelFileError(path: path, message: "does not align '\(name)' to its elements")
        }
        return (bytes.assumingMemoryBound(to: Float.self), mapping)
    }
}
