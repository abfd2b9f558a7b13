public import Foundation
public import ModelFiles

extension SafetensorsFile {
    /// One tensor in its stored type, over the mapped file: nothing is read before its elements are used.
    ///
    /// It may be written to, which changes this process's copy and not the file, and is seen by other tensors
    /// of the same name from this `SafetensorsFile`. The mapping lives as long as one of its tensors. A
    /// tensor that the file does not align to its elements is copied.
    ///
    /// - Throws: `ModelFileError` that names the tensor when it is not there.
    public func tensor(_ name: String) throws -> Tensor {
        let entry = try entry(name)
        return try Tensor.borrowing(
            UnsafeMutableRawBufferPointer(rebasing: mapping.bytes[entry.bytes]),
            type: ElementType(entry.type),
            shape: entry.shape, owner: mapping)
    }

    /// Writes tensors, without holding the file in memory. The file appears under its name only when it is
    /// whole, so that a mapping of the file that it replaces keeps the old bytes.
    ///
    /// - Parameter type: what every tensor is converted to, one at a time; nil to keep its own type.
    /// - Throws: `ModelFileError` when the file cannot be written.
    public static func write(
        _ tensors: [(name: String, tensor: Tensor)], as type: ElementType? = nil, to url: URL
    ) throws {
        let types = try tensors.map { try type ?? $0.tensor.elementType }
        let items = zip(tensors, types).map { named, type in
            Item(name: named.name, type: type.safetensors, shape: named.tensor.shape)
        }
        try write(items, to: url) { index, output in
            try tensors[index].tensor.to(types[index]).withBytes(output.append)
        }
    }

    /// Writes one float32 tensor in parts, for one that is too large for memory.
    ///
    /// - Parameter body: appends all elements, row-major.
    /// - Throws: `ModelFileError` when the file cannot be written or the elements do not fill `shape`; what
    ///   `body` throws.
    public static func write(
        _ name: String, shape: [Int], to url: URL,
        _ body: (_ append: @escaping ([Float]) throws -> Void) throws -> Void
    ) throws {
        try write([Item(name: name, type: .float32, shape: shape)], to: url) { _, output in
            try body { part in try part.withUnsafeBytes(output.append) }
        }
    }
}

extension SafetensorsFolder {
    /// One tensor in its stored type, over the mapped file, as `SafetensorsFile.tensor` gives it.
    ///
    /// - Throws: `ModelFileError` that names the tensor when it is not there.
    public func tensor(_ name: String) throws -> Tensor { try file(holding: name).tensor(name) }
}

extension ElementType {
    /// The type of a stored tensor in memory.
    public init(_ type: SafetensorsType) {
        switch type {
        case .float32: self = .float32
        case .float64: self = .float64
        case .float16: self = .float16
        case .bfloat16: self = .bfloat16
        case .int64: self = .int64
        case .int32: self = .int32
        case .uint8: self = .uint8
        case .bool: self = .bool
        }
    }

    /// The type of a tensor in a file.
    var safetensors: SafetensorsType {
        switch self {
        case .float32: .float32
        case .float64: .float64
        case .float16: .float16
        case .bfloat16: .bfloat16
        case .int64: .int64
        case .int32: .int32
        case .uint8: .uint8
        case .bool: .bool
        }
    }
}
