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

/// Reads the little-endian fields of a GGUF header one after another.
struct GGUFCursor {
    private let bytes: UnsafeRawBufferPointer
    private let path: String
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer, path: String) {
        self.bytes = bytes
        self.path = path
    }

    func failure(_ message: String) -> LanguageModelError { .file(path: path, message: message) }

    mutating func take<Value: BitwiseCopyable>(_: Value.Type) throws -> Value {
        let end = offset + MemoryLayout<Value>.size
        guard end <= bytes.count else {
            throw failure("is cut short inside its header at byte \(offset); fetch it again")
        }
        defer { offset = end }
        return bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    /// A 64-bit count that must be plausible for the file's length or a tensor's size.
    mutating func takeCount(_ what: String) throws -> Int {
        let value = try take(UInt64.self)
        guard value < 1 << 40 else { throw failure("claims \(value) \(what); it is damaged or not GGUF") }
        return Int(value)
    }

    mutating func takeString() throws -> String {
        let length = try takeCount("bytes of a text")
        guard offset + length <= bytes.count else {
            throw failure("is cut short inside its header at byte \(offset); fetch it again")
        }
        defer { offset += length }
        return String(
            decoding: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length]), as: UTF8.self)
    }

    mutating func takeValue(type: UInt32) throws -> GGUFValue {
        switch type {
        case 0...5, 10, 11: .integer(try takeInteger(type: type))
        case 6: .real(Double(try take(Float.self)))
        case 7: .bool(try take(UInt8.self) != 0)
        case 8: .string(try takeString())
        case 9: try takeArray()
        case 12: .real(try take(Double.self))
        default: throw failure("holds a metadata value of unknown type \(type)")
        }
    }

    private mutating func takeInteger(type: UInt32) throws -> Int {
        switch type {
        case 0: Int(try take(UInt8.self))
        case 1: Int(try take(Int8.self))
        case 2: Int(try take(UInt16.self))
        case 3: Int(try take(Int16.self))
        case 4: Int(try take(UInt32.self))
        case 5: Int(try take(Int32.self))
        case 10: Int(truncatingIfNeeded: try take(UInt64.self))
        default: Int(try take(Int64.self))
        }
    }

    private mutating func takeArray() throws -> GGUFValue {
        let type = try take(UInt32.self)
        let count = try takeCount("array elements")
        guard count <= bytes.count - offset else {
            throw failure("is cut short inside its header at byte \(offset); fetch it again")
        }
        switch type {
        case 8: return .strings(try (0..<count).map { _ in try takeString() })
        case 6: return .reals(try (0..<count).map { _ in Double(try take(Float.self)) })
        case 12: return .reals(try (0..<count).map { _ in try take(Double.self) })
        case 7: return .integers(try (0..<count).map { _ in Int(try take(UInt8.self)) })
        case 0...5, 10, 11: return .integers(try (0..<count).map { _ in try takeInteger(type: type) })
        default: throw failure("holds a metadata array of unknown type \(type)")
        }
    }
}
