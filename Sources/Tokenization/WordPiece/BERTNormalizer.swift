import Foundation

/// BERT's normalization of text before it is cut into words: Hugging Face's `BertNormalizer`.
struct BERTNormalizer: Sendable {
    /// Drops control characters, U+0000 and U+FFFD, and makes each whitespace a space.
    var cleansText: Bool
    /// Puts spaces around each ideograph.
    var spacesIdeographs: Bool
    /// Decomposes (NFD) and drops nonspacing marks.
    var stripsAccents: Bool
    var lowercases: Bool

    /// The normalized text of `text`, valid UTF-8.
    func normalize(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        text.allSatisfy { $0 < 0x80 } ? normalizeASCII(text) : normalizeUnicode(text)
    }

    private func normalizeASCII(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var normalized: [UInt8] = []
        normalized.reserveCapacity(text.count)
        for byte in text {
            switch byte {
            case 0x09, 0x0A, 0x0D: normalized.append(cleansText ? 0x20 : byte)
            case 0..<0x20, 0x7F: if !cleansText { normalized.append(byte) }
            case 0x41...0x5A: normalized.append(lowercases ? byte | 0x20 : byte)
            default: normalized.append(byte)
            }
        }
        return normalized
    }

    /// Collects bytes: to append to a `String.UnicodeScalarView` takes quadratic time.
    private func normalizeUnicode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let cleaned = clean(String(decoding: text, as: UTF8.self).unicodeScalars)
        if !stripsAccents, !lowercases { return cleaned }
        var decomposed = String(decoding: cleaned, as: UTF8.self)
        if stripsAccents { decomposed = decomposed.decomposedStringWithCanonicalMapping }
        var normalized: [UInt8] = []
        normalized.reserveCapacity(text.count)
        for scalar in decomposed.unicodeScalars {
            if stripsAccents, BERTCategory.of(scalar) == .nonspacingMark { continue }
            if lowercases, scalar.properties.changesWhenLowercased {
                normalized.append(contentsOf: scalar.properties.lowercaseMapping.utf8)
            } else {
                normalized.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            }
        }
        return normalized
    }

    private func clean(_ scalars: String.UnicodeScalarView) -> [UInt8] {
        var cleaned: [UInt8] = []
        for scalar in scalars {
            if cleansText, Self.isDropped(scalar) { continue }
            if cleansText, scalar.properties.isWhitespace {
                cleaned.append(0x20)
                continue
            }
            let isSpaced = spacesIdeographs && Self.isIdeograph(scalar)
            if isSpaced { cleaned.append(0x20) }
            cleaned.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            if isSpaced { cleaned.append(0x20) }
        }
        return cleaned
    }

    private static func isDropped(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\t", "\n", "\r": return false
        case "\u{FFFD}": return true
        default: break
        }
        switch BERTCategory.of(scalar) {
        case .control, .format, .surrogate, .privateUse: return true
        default: return false
        }
    }

    /// The reference begins extension E at 2B920, not at 2B820, and so do the vocabularies' users.
    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B73F,
            0x2B740...0x2B81F, 0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
            return true
        default: return false
        }
    }
}
