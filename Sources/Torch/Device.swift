import CTorch

/// Where tensors are made and computed.
///
/// A tensor is made on the current device, reading its elements copies them back, and operations run where
/// their inputs are. Nothing else of Taiji names a device.
public enum Device: String, Sendable, CaseIterable {
    /// The processor, with kernels of our own.
    case cpu
    /// An NVIDIA GPU: the CUDA build of libtorch, loaded when it is asked for.
    case cuda
    /// An Apple GPU.
    case mps

    /// Whether this machine has the device.
    public var isAvailable: Bool { ct_check_device(code) == 0 }

    /// Why this machine cannot compute on the device, and what to do; nil where it can.
    public var missing: String? { ct_check_device(code) == 0 ? nil : String(cString: ct_last_error()) }

    /// Makes this the process's device.
    ///
    /// - Throws: `TorchError.operation` when there is no such device, with the reason.
    public func use() throws { try check("device", [], ct_set_device(code)) }

    /// Makes tensors on this device, on this thread, while `body` runs.
    public func making<Result>(_ body: () throws -> Result) rethrows -> Result {
        let before = ct_thread_device()
        ct_set_thread_device(CInt(bitPattern: code.rawValue))
        defer { ct_set_thread_device(before) }
        return try body()
    }

    /// Computes as devices without kernels of our own do, on this thread, while `body` runs: by compositions
    /// of ATen calls.
    ///
    /// - Parameter fusesAttention: whether these may be fused attention, which Apple's GPUs do not have.
    public static func composing<Result>(
        fusesAttention: Bool = true, _ body: () throws -> Result
    ) rethrows -> Result {
        let before = ct_thread_composes()
        ct_set_thread_composes(fusesAttention ? 1 : 2)
        defer { ct_set_thread_composes(before) }
        return try body()
    }

    fileprivate var code: ct_device {
        switch self {
        case .cpu: CT_CPU
        case .cuda: CT_CUDA
        case .mps: CT_MPS
        }
    }
}

extension Tensor {
    /// Where the elements are.
    public var device: Device {
        get throws {
            var code = CT_CPU
            try check("device", [self], ct_device_of(handle, &code))
            return Device.allCases.first { $0.code == code } ?? .cpu
        }
    }

    /// Whether kernels of our own compute with it here; compositions of ATen calls do otherwise.
    public var hasKernels: Bool { ct_is_native(handle) }

    /// The same elements on another device; a copy unless they are there already.
    public func on(_ device: Device) throws -> Tensor {
        try make("to device", self) { ct_to_device(handle, device.code, $0) }
    }

    /// Row-major elements in the processor's memory: `self` when they are that already.
    func readable() throws -> Tensor {
        let near = try device == .cpu ? self : on(.cpu)
        return ct_is_contiguous(near.handle) ? near : try near.contiguous()
    }
}
