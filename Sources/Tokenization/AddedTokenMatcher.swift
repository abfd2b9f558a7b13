/// Finds added tokens in text as Hugging Face's tokenizers do: the leftmost, and of those that begin there
/// the longest.
struct AddedTokenMatcher: Sendable {
    private var tokens: [(token: AddedToken, bytes: [UInt8])] = []
    private var candidates: [[Int]] = []  // [256], indices by first byte, longest first; empty without tokens
    private var begins: [Bool] = []  // [65536], whether a token begins with these two bytes

    /// - Parameter normalize: how the text is normalized that normalized tokens are searched in.
    init(_ added: [AddedToken], normalize: (String) -> [UInt8] = { Array($0.utf8) }) {
        for token in added {
            let bytes = token.isNormalized ? normalize(token.text) : Array(token.text.utf8)
            if !bytes.isEmpty { tokens.append((token, bytes)) }
        }
        guard !tokens.isEmpty else { return }
        candidates = Array(repeating: [], count: 256)
        begins = Array(repeating: false, count: 1 << 16)
        for (index, (_, bytes)) in tokens.enumerated() {
            let first = Int(bytes[0])
            candidates[first].append(index)
            for second in bytes.count > 1 ? Int(bytes[1])...Int(bytes[1]) : 0...255 {
                begins[first << 8 | second] = true
            }
        }
        for first in candidates.indices {
            candidates[first].sort { tokens[$0].bytes.count > tokens[$1].bytes.count }
        }
    }

    var isEmpty: Bool { tokens.isEmpty }

    /// Calls `ordinary` for each stretch of text between tokens, and `added` for each token, in order.
    ///
    /// - Parameter recognizesSpecialTokens: when false, special tokens stay in the text around them; the
    ///   places they cover are not searched for others.
    @inline(__always)
    func split(
        _ text: UnsafeBufferPointer<UInt8>, recognizesSpecialTokens: Bool,
        ordinary: (UnsafeBufferPointer<UInt8>) -> Void, added: (Int32) -> Void
    ) {
        guard !tokens.isEmpty else {
            if !text.isEmpty { ordinary(text) }
            return
        }
        var taken = 0
        var position = 0
        while let (index, start) = first(in: text, from: position) {
            let (token, bytes) = tokens[index]
            position = start + bytes.count
            if token.isSpecial, !recognizesSpecialTokens { continue }
            if token.isSingleWord, !text.standsAlone(start..<position) { continue }
            let lower = token.stripsLeft ? max(taken, text.startOfWhitespace(before: start)) : start
            if taken < lower { ordinary(UnsafeBufferPointer(rebasing: text[taken..<lower])) }
            added(token.id)
            taken = token.stripsRight ? text.endOfWhitespace(from: position) : position
        }
        if taken < text.count { ordinary(UnsafeBufferPointer(rebasing: text[taken...])) }
    }

    /// The first token at or after `start`.
    private func first(in text: UnsafeBufferPointer<UInt8>, from start: Int) -> (index: Int, start: Int)? {
        begins.withUnsafeBufferPointer { begins in
            guard start < text.count else { return nil }
            var first = Int(text[start])
            for position in start..<text.count {
                // At the end only a token of one byte fits, which begins with any second byte.
                let second = position + 1 < text.count ? Int(text[position + 1]) : 0
                if begins[first << 8 | second] {
                    for index in candidates[first] where text.holds(tokens[index].bytes, at: position) {
                        return (index, position)
                    }
                }
                first = second
            }
            return nil
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    fileprivate func holds(_ bytes: [UInt8], at position: Int) -> Bool {
        guard position + bytes.count <= count else { return false }
        for offset in bytes.indices where self[position + offset] != bytes[offset] { return false }
        return true
    }

    /// Whether no `\w` touches the text in `range`.
    fileprivate func standsAlone(_ range: Range<Int>) -> Bool {
        if range.lowerBound > 0, Self.isWord(scalar(before: range.lowerBound).value) { return false }
        return range.upperBound == count
            || !Self.isWord(ScalarReader.scalar(at: range.upperBound, of: self).value)
    }

    private func scalar(before end: Int) -> (value: UInt32, start: Int) {
        var start = end - 1
        while start > 0, self[start] & 0xC0 == 0x80 { start -= 1 }
        return (ScalarReader.scalar(at: start, of: self).value, start)
    }

    fileprivate func startOfWhitespace(before end: Int) -> Int {
        var start = end
        while start > 0 {
            let (value, before) = scalar(before: start)
            guard Unicode.Scalar(value)?.properties.isWhitespace == true else { break }
            start = before
        }
        return start
    }

    fileprivate func endOfWhitespace(from start: Int) -> Int {
        var end = start
        while end < count {
            let (value, after) = ScalarReader.scalar(at: end, of: self)
            guard Unicode.Scalar(value)?.properties.isWhitespace == true else { break }
            end = after
        }
        return end
    }

    /// `\w` of Unicode's regular expressions (UTS 18, annex C).
    private static func isWord(_ value: UInt32) -> Bool {
        guard let properties = Unicode.Scalar(value)?.properties else { return false }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return properties.isAlphabetic || properties.isJoinControl
        }
    }
}
