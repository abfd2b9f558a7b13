/// The classes of Unicode scalars that pre-tokenizer patterns tell apart.
enum ScalarClass: UInt8 {
    /// `[^\s\p{L}\p{N}]`; in `finePlane` without the next two
    case other
    /// `\p{M}`, told from `other` only in `finePlane`
    case mark
    /// `[\p{P}\p{S}]`, told from `other` only in `finePlane`
    case symbol
    /// `\p{L}`
    case letter
    /// `\p{N}`
    case number
    /// `\s` without `\r` and `\n`
    case space
    /// `\r` and `\n`
    case newline

    @inline(__always) var isWhitespace: Bool { rawValue >= ScalarClass.space.rawValue }

    /// By Unicode 16, as the reference's regular expressions: what came later is other, whatever Swift knows.
    ///
    /// - Parameter isFine: whether marks and symbols are told from others.
    init(of scalar: Unicode.Scalar, isFine: Bool) {
        if scalar == "\r" || scalar == "\n" {
            self = .newline
            return
        }
        guard let age = scalar.properties.age, age.major <= 16 else {
            self = .other
            return
        }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            self = .letter
        case .decimalNumber, .letterNumber, .otherNumber: self = .number
        case .nonspacingMark, .spacingMark, .enclosingMark: self = isFine ? .mark : .other
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
            .initialPunctuation, .finalPunctuation, .otherPunctuation, .mathSymbol, .currencySymbol,
            .modifierSymbol, .otherSymbol:
            self = isFine ? .symbol : .other
        default: self = scalar.properties.isWhitespace ? .space : .other
        }
    }

    /// The class of each scalar of the Basic Multilingual Plane (surrogates: other), made once in about 1 ms.
    static let basicPlane = table(isFine: false)

    /// `basicPlane` with marks and symbols told from others.
    static let finePlane = table(isFine: true)

    private static func table(isFine: Bool) -> [ScalarClass] {
        (0..<0x10000).map { value in
            Unicode.Scalar(UInt32(value)).map { ScalarClass(of: $0, isFine: isFine) } ?? .other
        }
    }
}

/// Reads scalars and their classes from valid UTF-8.
struct ScalarReader {
    let bytes: UnsafeBufferPointer<UInt8>
    /// `ScalarClass.basicPlane`, or `.finePlane`, borrowed.
    let basicPlane: UnsafeBufferPointer<ScalarClass>
    /// Whether marks and symbols are told from others.
    var isFine = false

    /// The scalar that begins at `position`, and the position after it.
    @inline(__always) static func scalar(
        at position: Int, of bytes: UnsafeBufferPointer<UInt8>
    ) -> (value: UInt32, end: Int) {
        let lead = UInt32(bytes[position])
        if lead < 0x80 { return (lead, position + 1) }
        let second = UInt32(bytes[position + 1]) & 0x3F
        if lead < 0xE0 { return ((lead & 0x1F) << 6 | second, position + 2) }
        let third = UInt32(bytes[position + 2]) & 0x3F
        if lead < 0xF0 { return ((lead & 0x0F) << 12 | second << 6 | third, position + 3) }
        let fourth = UInt32(bytes[position + 3]) & 0x3F
        return ((lead & 0x07) << 18 | second << 12 | third << 6 | fourth, position + 4)
    }

    /// The class of the scalar at `position`, and the position after it.
    @inline(__always) func read(_ position: Int) -> (class: ScalarClass, end: Int) {
        let (value, end) = Self.scalar(at: position, of: bytes)
        if value < 0x10000 { return (basicPlane[Int(value)], end) }
        return (Unicode.Scalar(value).map { ScalarClass(of: $0, isFine: isFine) } ?? .other, end)
    }

    /// The end of the run of scalars of class `expected` that begins at `position`.
    @inline(__always) func endOfRun(of expected: ScalarClass, from position: Int) -> Int {
        var position = position
        while position < bytes.count {
            let (found, end) = read(position)
            if found != expected { break }
            position = end
        }
        return position
    }

    /// The bytes of a contraction without its apostrophe ("s", "re", …) at `position`, or 0.
    ///
    /// - Parameter ignoresCase: as `(?i:…)`, under which U+017F (ſ) is an s as well.
    @inline(__always) func contraction(at position: Int, ignoresCase: Bool) -> Int {
        let fold: UInt8 = ignoresCase ? 0x20 : 0
        guard position < bytes.count else { return 0 }
        let first = bytes[position]
        switch first | fold {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
            return first >= 0x40 ? 1 : 0
        default: break
        }
        guard position + 1 < bytes.count else { return 0 }
        let second = bytes[position + 1]
        if ignoresCase, first == 0xC5, second == 0xBF { return 2 }
        switch (first | fold, second | fold) {
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")),
            (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return 2
        default: return 0
        }
    }
}
