/// Reads JSON from bytes one piece after another, strictly and without recursion: a header from a file that
/// anyone may have made.
struct JSONScanner {
    /// The bytes are not the JSON that was asked for.
    struct Mismatch: Error {
        /// Bytes before the mismatch.
        let offset: Int
    }

    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private var mismatch: Mismatch { Mismatch(offset: offset) }

    private func skippingSpace() -> Int {
        var next = offset
        while next < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[next]) { next += 1 }
        return next
    }

    /// Takes one punctuation mark, after white space, if it comes next.
    mutating func takes(_ mark: Unicode.Scalar) -> Bool {
        let next = skippingSpace()
        guard next < bytes.count, bytes[next] == UInt8(ascii: mark) else { return false }
        offset = next + 1
        return true
    }

    /// Takes one punctuation mark that must come next.
    mutating func take(_ mark: Unicode.Scalar) throws {
        guard takes(mark) else { throw mismatch }
    }

    /// Takes the end of the text.
    mutating func takeEnd() throws {
        offset = skippingSpace()
        guard offset == bytes.count else { throw mismatch }
    }

    /// Calls `body` after each key of an object; `body` takes the value.
    mutating func takeObject(_ body: (inout JSONScanner, _ key: String) throws -> Void) throws {
        try take("{")
        if takes("}") { return }
        repeat {
            let key = try takeString()
            try take(":")
            try body(&self, key)
        } while takes(",")
        try take("}")
    }

    /// A list of whole numbers of at least 0.
    mutating func takeIntegers() throws -> [Int] {
        try take("[")
        if takes("]") { return [] }
        var numbers: [Int] = []
        repeat { numbers.append(try takeInteger()) } while takes(",")
        try take("]")
        return numbers
    }

    private mutating func takeInteger() throws -> Int {
        offset = skippingSpace()
        let start = offset
        var value = 0
        while offset < bytes.count, case let digit = bytes[offset] &- 0x30, digit < 10 {
            let (shifted, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isStillTooLarge) = shifted.addingReportingOverflow(Int(digit))
            guard !isTooLarge, !isStillTooLarge else { throw mismatch }
            value = sum
            offset += 1
        }
        let hasLeadingZero = offset > start + 1 && bytes[start] == 0x30
        guard offset > start, !hasLeadingZero else { throw mismatch }
        // 1.0 and 1e3 are numbers of another kind.
        if offset < bytes.count, [0x2E, 0x65, 0x45].contains(bytes[offset]) { throw mismatch }
        return value
    }

    /// A text, its escapes resolved.
    mutating func takeString() throws -> String {
        try take("\"")
        var text: [UInt8] = []
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw mismatch }
                return string
            case UInt8(ascii: "\\"): try takeEscape(into: &text)
            case 0..<0x20: throw mismatch
            default: text.append(byte)
            }
        }
        throw mismatch
    }

    private mutating func takeEscape(into text: inout [UInt8]) throws {
        guard offset < bytes.count else { throw mismatch }
        let letter = bytes[offset]
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = try takeHexadecimal()
            if (0xD800..<0xDC00).contains(code) {
                guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"),
                    bytes[offset + 1] == UInt8(ascii: "u")
                else { throw mismatch }
                offset += 2
                let low = try takeHexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw mismatch }
                code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(code) else { throw mismatch }
            text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default: throw mismatch
        }
    }

    private mutating func takeHexadecimal() throws -> UInt32 {
        guard bytes.count - offset >= 4 else { throw mismatch }
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else { throw mismatch }
            code = code << 4 | UInt32(digit)
            offset += 1
        }
        return code
    }

    /// Takes a value of any kind and forgets it; its brackets and texts are checked.
    mutating func skipValue() throws {
        var closing: [Unicode.Scalar] = []
        repeat {
            offset = skippingSpace()
            guard offset < bytes.count else { throw mismatch }
            switch bytes[offset] {
            case UInt8(ascii: "{"): closing.append("}")
            case UInt8(ascii: "["): closing.append("]")
            case UInt8(ascii: "\""):
                _ = try takeString()
                continue
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard let last = closing.popLast(), UInt8(ascii: last) == bytes[offset] else {
                    throw mismatch
                }
            case UInt8(ascii: ","), UInt8(ascii: ":"): guard !closing.isEmpty else { throw mismatch }
            case 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x61...0x7A:
                try skipWord()
                continue
            default: throw mismatch
            }
            offset += 1
        } while !closing.isEmpty
    }

    /// A number, or true, false, null.
    private mutating func skipWord() throws {
        let start = offset
        while offset < bytes.count, ![0x20, 0x0A, 0x0D, 0x09, 0x2C, 0x3A, 0x5D, 0x7D].contains(bytes[offset])
        {
            offset += 1
        }
        let word = String(decoding: UnsafeRawBufferPointer(rebasing: bytes[start..<offset]), as: UTF8.self)
        guard ["true", "false", "null"].contains(word) || Double(word) != nil else { throw mismatch }
    }
}
