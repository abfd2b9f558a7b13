/// A metadata value of a GGUF file.
public enum GGUFValue: Sendable, Equatable {
    case integer(Int)
    case real(Double)
    case bool(Bool)
    case string(String)
    case strings([String])
    case integers([Int])
    case reals([Double])

    /// A whole number, if this is one.
    public var integer: Int? { if case .integer(let value) = self { value } else { nil } }
    /// A number, whole or not.
    public var real: Double? {
        switch self {
        case .real(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }
    /// A text, if this is one.
    public var string: String? { if case .string(let value) = self { value } else { nil } }
    /// A list of texts, if this is one.
    public var strings: [String]? { if case .strings(let value) = self { value } else { nil } }
    /// A list of whole numbers, if this is one.
    public var integers: [Int]? { if case .integers(let value) = self { value } else { nil } }
    /// A truth value, if this is one.
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
}
