public import Foundation

/// A file of named tensors in the safetensors format, memory-mapped.
public struct SafetensorsFile: Sendable {
    /// Where a tensor lies in the file, and what it is.
    public typealias Entry = SafetensorsEntry

    /// The file's tensors by name.
    public let entries: [String: Entry]
    private let mapping: MappedFile
    private let path: String

    /// Maps the file and reads its header.
    ///
    /// - Throws: `TorchError.file` when it is missing, cut short, damaged or not safetensors.
    public init(_ url: URL) throws {
        path = url.path
        mapping = try MappedFile(url, kind: "a safetensors file")
        entries = try SafetensorsHeader(UnsafeRawBufferPointer(mapping.bytes), path: url.path).entries
    }

    /// One tensor in its stored type, over the mapped file: nothing is read before its elements are used.
    ///
    /// It may be written to, which changes this process's copy and not the file, and is seen by other tensors of the
    /// same name from this `SafetensorsFile`. The mapping lives as long as one of its tensors. A tensor that the file
    /// does not align to its elements is copied.
    ///
    /// - Throws: `TorchError.file` that names the tensor when it is not there.
    public func tensor(_ name: String) throws -> Tensor {
        guard let entry = entries[name] else {
            throw TorchError.file(path: path, message: "has no tensor '\(name)'")
        }
        return try Tensor.borrowing(
            UnsafeMutableRawBufferPointer(rebasing: mapping.bytes[entry.bytes]), type: entry.type,
            shape: entry.shape, owner: mapping)
    }

    /// The bytes of a tensor in the mapped file; none for a tensor that is not there. Valid as long as this file.
    func bytes(_ name: String) -> UnsafeRawBufferPointer {
        entries[name].map { UnsafeRawBufferPointer(rebasing: mapping.bytes[$0.bytes]) }
            ?? UnsafeRawBufferPointer(start: nil, count: 0)
    }

    /// The elements of a float32 tensor where they lie in the mapped file, row-major, and what keeps them there.
    ///
    /// - Throws: `TorchError.file` when there is no such tensor, or it is of another type or not aligned.
    public func mappedElements(
        _ name: String
    ) throws -> (elements: UnsafeBufferPointer<Float>, owner: AnyObject) {
        guard let entry = entries[name], entry.type == .float32 else {
            throw TorchError.file(path: path, message: "has no float32 tensor '\(name)'")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: mapping.bytes[entry.bytes])
        guard UInt(bitPattern: bytes.baseAddress) % 4 == 0 else {
            throw TorchError.file(path: path, message: "does not align '\(name)' to its elements")
        }
        return (bytes.assumingMemoryBound(to: Float.self), mapping)
    }
}
