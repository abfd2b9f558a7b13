import CTorch

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
