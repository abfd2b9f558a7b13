import CTorch

/// What libtorch refused, with the operation and the shapes it was given.
public enum TorchError: Error, Sendable, CustomStringConvertible {
    /// A libtorch call failed. `shapes` are those of its tensor inputs.
    case operation(name: String, shapes: [[Int]], message: String)
    /// A tensor has another rank or element type than the caller needs.
    case unexpected(operation: String, expected: String, found: String)
    /// A file of tensors cannot be read or written.
    case file(path: String, message: String)

    /// The message for a user: what happened, what was expected, what to do.
    public var description: String {
        switch self {
        case .operation(let name, let shapes, let message):
            "libtorch refused '\(name)' of \(shapes.map(\.description).joined(separator: ", ")): \(message)"
        case .unexpected(let operation, let expected, let found):
            "\(operation) expected \(expected), found \(found)"
        case .file(let path, let message):
            "\(path): \(message)"
        }
    }
}

/// Runs a call of the shim and throws its message when it fails.
func check(_ name: StaticString, _ inputs: [Tensor], _ status: CInt) throws {
    guard status == 0 else {
        throw TorchError.operation(
            name: "\(name)", shapes: inputs.map(\.shape), message: String(cString: ct_last_error()))
    }
}

/// Runs a call of the shim that makes one tensor.
func make(
    _ name: StaticString, _ inputs: Tensor..., body: (UnsafeMutablePointer<OpaquePointer?>) -> CInt
) throws -> Tensor {
    var handle: OpaquePointer?
    try check(name, inputs, body(&handle))
    guard let handle else {
        throw TorchError.unexpected(operation: "\(name)", expected: "a tensor", found: "nothing")
    }
    return Tensor(owning: handle)
}
