/// What a tensor's elements are.
public enum ElementType: String, Sendable, CaseIterable {
    case float32, float64, float16, bfloat16, int64, int32, uint8, bool

    /// Bytes an element.
    public var byteCount: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16: 2
        case .uint8, .bool: 1
        }
    }
}
