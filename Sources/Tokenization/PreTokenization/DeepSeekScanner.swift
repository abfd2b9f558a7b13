/// DeepSeek-V3's three patterns, one after another (`PreTokenizer.deepSeek`).
///
/// Numbers in threes and stretches of CJK are isolated first, so that to the last pattern they are the end of
/// the text on either side. What the last pattern does not match (control characters and their like) stays
/// together as one word.
struct DeepSeekScanner {
    let reader: ScalarReader  // fine
    private typealias Scalar = (class: ScalarClass, end: Int)

    init(reader: ScalarReader) { self.reader = reader }

    /// The end of the word that begins at `start`.
    func endOfWord(from start: Int) -> Int {
        let (first, afterFirst) = reader.read(start)
        if first == .number { return endOfNumber(from: afterFirst) }
        let isIdeographic = self.isIdeographic(at: start)
        if let end = endOfMatch(from: start, inCJK: isIdeographic) { return end }
        var position = afterFirst
        while read(position, inCJK: isIdeographic) != nil,
            endOfMatch(from: position, inCJK: isIdeographic) == nil
        {
            position = reader.read(position).end
        }
        return position
    }

    /// The scalar at `position`; nil where the stretch of CJK, or of other text, ends.
    private func read(_ position: Int, inCJK: Bool) -> Scalar? {
        guard position < reader.bytes.count, isIdeographic(at: position) == inCJK else { return nil }
        let scalar = reader.read(position)
        return scalar.class == .number ? nil : scalar
    }

    /// `[一-龥぀-ゟ゠-ヿ]`, U+4E00–9FA5 and U+3040–30FF
    private func isIdeographic(at position: Int) -> Bool {
        let value = ScalarReader.scalar(at: position, of: reader.bytes).value
        return (0x4E00...0x9FA5).contains(value) || (0x3040...0x30FF).contains(value)
    }

    private func endOfNumber(from afterFirst: Int) -> Int {
        var position = afterFirst
        for _ in 0..<2 where position < reader.bytes.count {
            let (found, end) = reader.read(position)
            if found != .number { break }
            position = end
        }
        return position
    }

    /// The end of the last pattern's match at `start`, or nil if it has none there.
    private func endOfMatch(from start: Int, inCJK: Bool) -> Int? {
        guard let (first, afterFirst) = read(start, inCJK: inCJK) else { return nil }
        let second = read(afterFirst, inCJK: inCJK)
        // [!-/:-~][A-Za-z]+, where ASCII punctuation is a symbol
        if first == .symbol, reader.bytes[start] < 0x80, second != nil,
            Self.isASCIILetter(reader.bytes[afterFirst])
        {
            var position = afterFirst
            while position < reader.bytes.count, Self.isASCIILetter(reader.bytes[position]) { position += 1 }
            return position
        }
        // [^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+
        if Self.isLetterOrMark(first) { return endOfLetters(from: afterFirst, inCJK: inCJK) }
        if first != .symbol, first != .newline, let second, Self.isLetterOrMark(second.class) {
            return endOfLetters(from: second.end, inCJK: inCJK)
        }
        // ` ?[\p{P}\p{S}]+[\r\n]*`
        if first == .symbol || (reader.bytes[start] == UInt8(ascii: " ") && second?.class == .symbol) {
            return endOfRun(.newline, from: endOfRun(.symbol, from: afterFirst, inCJK: inCJK), inCJK: inCJK)
        }
        return first.isWhitespace ? endOfWhitespace(from: start, inCJK: inCJK) : nil
    }

    private static func isASCIILetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isLetterOrMark(_ found: ScalarClass) -> Bool { found == .letter || found == .mark }

    private func endOfLetters(from start: Int, inCJK: Bool) -> Int {
        var position = start
        while let (found, end) = read(position, inCJK: inCJK), Self.isLetterOrMark(found) { position = end }
        return position
    }

    private func endOfRun(_ expected: ScalarClass, from start: Int, inCJK: Bool) -> Int {
        var position = start
        while let (found, end) = read(position, inCJK: inCJK), found == expected { position = end }
        return position
    }

    /// `\s*[\r\n]+|\s+(?!\S)|\s+`
    private func endOfWhitespace(from start: Int, inCJK: Bool) -> Int {
        var position = start
        var last = start
        var afterNewline = start
        while let (found, end) = read(position, inCJK: inCJK), found.isWhitespace {
            if found == .newline { afterNewline = end }
            last = position
            position = end
        }
        if afterNewline > start { return afterNewline }
        return read(position, inCJK: inCJK) == nil || last == start ? position : last
    }
}
