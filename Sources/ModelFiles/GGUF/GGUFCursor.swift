/// Reads the little-endian fields of a GGUF header one after another. No claim of the file is believed: room
/// is only made for what the rest of the file can hold.
struct GGUFCursor {
    private let bytes: UnsafeRawBufferPointer
    private let path: String
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer, path: String) {
        self.bytes = bytes
        self.path = path
    }

    func failure(_ message: String) -> ModelFileError {
        ModelFileError(path: path, message: message)
    }

    private var cutShort: ModelFileError {
        failure("is cut short inside its header at byte \(offset), or damaged; fetch it again")
    }

    mutating func take<Value: BitwiseCopyable>(_: Value.Type) throws -> Value {
        guard bytes.count - offset >= MemoryLayout<Value>.size else { throw cutShort }
        defer { offset += MemoryLayout<Value>.size }
        return bytes.loadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    /// A size or an offset: a 64-bit number that no file is larger than.
    mutating func takeSize(_ what: @autoclosure () -> String) throws -> Int {
        let value = try take(UInt64.self)
        guard value < 1 << 48 else { throw failure("claims \(value) \(what()); it is damaged or not GGUF") }
        return Int(value)
    }

    /// A count of things that follow, each of at least `size` bytes.
    mutating func takeCount(_ what: @autoclosure () -> String, ofSize size: Int) throws -> Int {
        let count = try takeSize(what())
        guard count <= (bytes.count - offset) / size else {
            throw failure(
                "claims \(count) \(what()) and is cut short: \(bytes.count - offset) bytes are left; fetch "
                    + "it again"
            )
        }
        return count
    }

    mutating func takeString() throws -> String {
        let count = try takeCount("bytes of a text", ofSize: 1)
        let text = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
        guard let string = String(validating: text, as: UTF8.self) else {
            throw failure("holds a text at byte \(offset) that is not UTF-8; it is damaged or not GGUF")
        }
        offset += count
        return string
    }

    mutating func takeValue(key: String) throws -> GGUFValue {
        let type = try take(UInt32.self)
        switch type {
        case 0...5, 10, 11: return .integer(try takeInteger(type: type))
        case 6: return .real(Double(try take(Float.self)))
        case 7: return .bool(try take(UInt8.self) != 0)
        case 8: return .string(try takeString())
        case 9: return try takeArray(key: key)
        case 12: return .real(try take(Double.self))
        default: throw failure("holds metadata '\(key)' of unknown type \(type)")
        }
    }

    private mutating func takeInteger(type: UInt32) throws -> Int {
        switch type {
        case 0: return Int(try take(UInt8.self))
        case 1: return Int(try take(Int8.self))
        case 2: return Int(try take(UInt16.self))
        case 3: return Int(try take(Int16.self))
        case 4: return Int(try take(UInt32.self))
        case 5: return Int(try take(Int32.self))
        case 10:
            let value = try take(UInt64.self)
            guard let integer = Int(exactly: value) else {
                throw failure(
                    "holds the whole number \(value), which is too large; it is damaged or not GGUF")
            }
            return integer
        default: return Int(try take(Int64.self))
        }
    }

    private mutating func takeArray(key: String) throws -> GGUFValue {
        let type = try take(UInt32.self)
        let sizes: [UInt32: Int] = [
            0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 8: 8, 10: 8, 11: 8, 12: 8,
        ]
        guard type != 9 else { throw failure("nests arrays in metadata '\(key)', which is not supported") }
        guard let size = sizes[type] else {
            throw failure("holds metadata '\(key)', an array of unknown type \(type)")
        }
        let count = try takeCount("elements of '\(key)'", ofSize: size)
        switch type {
        case 8: return .strings(try (0..<count).map { _ in try takeString() })
        case 6: return .reals(try (0..<count).map { _ in Double(try take(Float.self)) })
        case 12: return .reals(try (0..<count).map { _ in try take(Double.self) })
        case 7: return .integers(try (0..<count).map { _ in Int(try take(UInt8.self)) })
        default: return .integers(try (0..<count).map { _ in try takeInteger(type: type) })
        }
    }
}
