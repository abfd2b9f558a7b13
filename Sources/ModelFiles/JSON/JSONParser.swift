/// Reads one JSON document (RFC 8259) from bytes; of numbers, integers that fit are kept exact.
struct JSONParser {
    /// Deeper lists and objects are refused: a tokenizer file nests about ten levels.
    static let deepestNesting = 128

    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    static func parse(_ bytes: UnsafeRawBufferPointer) throws(JSONSyntaxError) -> JSONNode {
        var parser = JSONParser(bytes: bytes)
        let node = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == bytes.count else { throw parser.failure("more text after the document") }
        return node
    }

    private init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private func failure(_ reason: String, at offset: Int? = nil) -> JSONSyntaxError {
        JSONSyntaxError(offset: offset ?? position, reason: reason)
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    /// The next byte after whitespace, not taken; 0 at the end.
    private mutating func next() -> UInt8 {
        skipSpace()
        return position < bytes.count ? bytes[position] : 0
    }

    private mutating func take(_ character: Character) throws(JSONSyntaxError) {
        guard next() == character.asciiValue, position < bytes.count else {
            throw failure("'\(character)' expected")
        }
        position += 1
    }

    private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONNode {
        guard depth < Self.deepestNesting else {
            throw failure("more than \(Self.deepestNesting) levels of nesting")
        }
        switch next() {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw failure(position < bytes.count ? "a value expected" : "the document is cut off")
        }
    }

    private mutating func literal(_ text: StaticString, _ node: JSONNode) throws(JSONSyntaxError) -> JSONNode
    {
        let count = text.utf8CodeUnitCount
        for offset in 0..<count {
            guard position + offset < bytes.count, bytes[position + offset] == text.utf8Start[offset] else {
                throw failure("a value expected")
            }
        }
        position += count
        return node
    }

    private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONNode {
        try take("{")
        var members: [(name: String, value: JSONNode)] = []
        if next() == UInt8(ascii: "}") {
            position += 1
            return .object(members)
        }
        while true {
            guard next() == UInt8(ascii: "\"") else { throw failure("the name of a member expected") }
            let name = try string()
            try take(":")
            members.append((name, try value(depth: depth + 1)))
            if next() == UInt8(ascii: "}") { break }
            try take(",")
        }
        position += 1
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSONNode {
        try take("[")
        var elements: [JSONNode] = []
        if next() == UInt8(ascii: "]") {
            position += 1
            return .array(elements)
        }
        while true {
            elements.append(try value(depth: depth + 1))
            if next() == UInt8(ascii: "]") { break }
            try take(",")
        }
        position += 1
        return .array(elements)
    }

    /// A number by the grammar of JSON; Swift itself also reads "007", "1." and "+1".
    private mutating func number() throws(JSONSyntaxError) -> JSONNode {
        let start = position
        _ = takes(UInt8(ascii: "-"))
        let hasLeadingZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
        guard case let whole = takeDigits(), whole > 0, whole == 1 || !hasLeadingZero else {
            throw failure("digits of a number expected", at: start)
        }
        var isInteger = true
        if takes(UInt8(ascii: ".")) {
            isInteger = false
            guard takeDigits() > 0 else { throw failure("digits of a number expected", at: start) }
        }
        if takes(UInt8(ascii: "e")) || takes(UInt8(ascii: "E")) {
            isInteger = false
            if !takes(UInt8(ascii: "-")) { _ = takes(UInt8(ascii: "+")) }
            guard takeDigits() > 0 else { throw failure("digits of a number expected", at: start) }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let real = Double(text) else {
            throw failure("'\(text.prefix(40))' is not a number", at: start)
        }
        return .real(real)
    }

    private mutating func takes(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    /// Takes digits as long as they follow; how many there were.
    private mutating func takeDigits() -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        return position - start
    }

    /// A string; most have no escapes and are copied in one step.
    private mutating func string() throws(JSONSyntaxError) -> String {
        let start = position + 1
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\""), bytes[end] != UInt8(ascii: "\\"),
            bytes[end] >= 0x20
        {
            end += 1
        }
        guard end < bytes.count else { throw failure("a string without an end", at: start - 1) }
        if bytes[end] == UInt8(ascii: "\"") {
            position = end + 1
            return try validated(bytes[start..<end], from: start)
        }
        return try escapedString(from: start)
    }

    private func validated(
        _ text: some Collection<UInt8>, from start: Int
    ) throws(JSONSyntaxError) -> String {
        guard let string = String(validating: text, as: UTF8.self) else {
            throw failure("a string that is not UTF-8", at: start)
        }
        return string
    }

    private mutating func escapedString(from start: Int) throws(JSONSyntaxError) -> String {
        var text: [UInt8] = []
        position = start
        while position < bytes.count {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return try validated(text, from: start)
            case UInt8(ascii: "\\"):
                position += 1
                let scalar = try escape()
                text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            case 0..<0x20: throw failure("a control character in a string")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw failure("a string without an end", at: start - 1)
    }

    /// The scalar of what follows a backslash.
    private mutating func escape() throws(JSONSyntaxError) -> Unicode.Scalar {
        guard position < bytes.count else { throw failure("a string without an end") }
        let letter = bytes[position]
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: throw failure("an unknown escape", at: position - 2)
        }
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw failure("half a surrogate pair") }
        position += 2
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw failure("half a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw failure("a string without an end") }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw failure("four hexadecimal digits expected after \\u")
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}
