/// Where a run computes.
public enum ComputeDevice: String, Codable, Sendable, CaseIterable {
    /// The processor.
    case cpu
    /// An NVIDIA GPU.
    case cuda
    /// An Apple GPU.
    case mps
}

/// The element type in which training multiplies matrices; weights, their gradients and sums stay float32.
public enum ProductType: String, Codable, Sendable, CaseIterable {
    /// 24 bits of precision.
    case float32
    /// 8 bits of precision.
    case bfloat16
}
