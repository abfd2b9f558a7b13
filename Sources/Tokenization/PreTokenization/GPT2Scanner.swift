/// GPT-2's pattern, with or without numbers isolated first (`PreTokenizer.gpt2`, `.smollm`).
///
/// Isolated numbers end the text for the pattern before them: no space joins a number, and a run of
/// whitespace before a number stays whole because `\s+(?!\S)` sees the end of its stretch there.
struct GPT2Scanner {
    let reader: ScalarReader
    let isolatesNumbers: Bool

    /// The end of the word that begins at `start`.
    @inline(__always) func endOfWord(from start: Int) -> Int {
        let bytes = reader.bytes
        let (first, afterFirst) = reader.read(start)
        switch first {
        case .letter: return reader.endOfRun(of: .letter, from: afterFirst)
        case .number: return isolatesNumbers ? afterFirst : reader.endOfRun(of: .number, from: afterFirst)
        case .other, .mark, .symbol:
            if bytes[start] == UInt8(ascii: "'") {
                let contraction = reader.contraction(at: afterFirst, ignoresCase: false)
                if contraction > 0 { return afterFirst + contraction }
            }
            return reader.endOfRun(of: .other, from: afterFirst)
        case .space, .newline:
            guard afterFirst < bytes.count else { return afterFirst }
            let (second, afterSecond) = reader.read(afterFirst)
            if second.isWhitespace { return endOfWhitespace(from: start) }
            if second == .number, isolatesNumbers { return afterFirst }
            return bytes[start] == UInt8(ascii: " ")
                ? reader.endOfRun(of: second, from: afterSecond) : afterFirst
        }
    }

    /// `\s+(?!\S)|\s+`: the run without its last scalar if a word follows, which may take that scalar.
    private func endOfWhitespace(from start: Int) -> Int {
        var position = start
        var last = start
        while position < reader.bytes.count {
            let (found, end) = reader.read(position)
            if !found.isWhitespace {
                if found == .number, isolatesNumbers { return position }
                return last > start ? last : position
            }
            last = position
            position = end
        }
        return position
    }
}
