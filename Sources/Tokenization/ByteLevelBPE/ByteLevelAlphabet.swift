/// GPT-2's printable stand-ins for bytes: vocabularies and merges are written in these characters.
///
/// The bytes 21–7E, A1–AC and AE–FF stand for themselves, read as Latin-1. The 68 others, in order, are
/// U+0100 onward, so that the space is `Ġ` (U+0120) and the line break is `Ċ` (U+010A).
enum ByteLevelAlphabet {
    /// The scalar of each byte.
    static let scalars: [Unicode.Scalar] = {
        var next: UInt8 = 0
        return (0...255).map { (byte: UInt8) in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
            default:
                defer { next += 1 }
                return Unicode.Scalar(0x100 as UInt32 + UInt32(next)) ?? Unicode.Scalar(byte)
            }
        }
    }()

    private static let bytes: [Unicode.Scalar: UInt8] = Dictionary(
        uniqueKeysWithValues: scalars.enumerated().map { ($1, UInt8($0)) })

    /// The bytes that `token` stands for; its own UTF-8 if it is not written in the alphabet.
    static func bytes(of token: String) -> [UInt8] {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(token.utf8.count)
        for scalar in token.unicodeScalars {
            guard let byte = bytes[scalar] else { return Array(token.utf8) }
            decoded.append(byte)
        }
        return decoded
    }
}
