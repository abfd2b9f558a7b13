import Foundation

/// The strings, lists of strings and lists of 32-bit integers in a GGUF file's header: enough for a
/// vocabulary.
struct GGUFMetadata {
    struct Malformed: Error { var offset: Int }

    private(set) var strings: [String: [String]] = [:]  // a single string is a list of one
    private(set) var integers: [String: [Int32]] = [:]
    private let data: Data
    private var offset = 0

    init(contentsOf file: URL) throws {
        data = try Data(contentsOf: file, options: .mappedIfSafe)
        guard try integer(UInt32.self) == 0x4655_4747 else { throw Malformed(offset: 0) }  // "GGUF"
        _ = try integer(UInt32.self)  // version
        _ = try integer(UInt64.self)  // tensors
        for _ in 0..<(try integer(UInt64.self)) {
            let key = try string()
            try value(of: try integer(UInt32.self), key: key)
        }
    }

    private mutating func value(of type: UInt32, key: String) throws {
        switch type {
        case 8: strings[key] = [try string()]
        case 9:
            let element = try integer(UInt32.self)
            let count = Int(try integer(UInt64.self))
            if element == 8 {
                strings[key] = try (0..<count).map { _ in try string() }
            } else if element == 5 {
                integers[key] = try (0..<count).map { _ in try integer(Int32.self) }
            } else {
                for _ in 0..<count { try value(of: element, key: key) }
            }
        case 0, 1, 7: offset += 1
        case 2, 3: offset += 2
        case 4, 5, 6: offset += 4
        case 10, 11, 12: offset += 8
        default: throw Malformed(offset: offset)
        }
    }

    private mutating func string() throws -> String {
        let count = Int(try integer(UInt64.self))
        guard offset + count <= data.count else { throw Malformed(offset: offset) }
        defer { offset += count }
        return String(decoding: data[offset..<offset + count], as: UTF8.self)
    }

    private mutating func integer<Integer: FixedWidthInteger>(_: Integer.Type) throws -> Integer {
        let size = MemoryLayout<Integer>.size
        guard offset + size <= data.count else { throw Malformed(offset: offset) }
        defer { offset += size }
        return data[offset..<offset + size].withUnsafeBytes {
            Integer(littleEndian: $0.loadUnaligned(as: Integer.self))
        }
    }
}
