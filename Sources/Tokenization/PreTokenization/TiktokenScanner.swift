/// The pattern of Llama 3 and Qwen2 (`PreTokenizer.llama3`, `.qwen2`).
struct TiktokenScanner {
    let reader: ScalarReader
    /// n of `\p{N}{1,n}`.
    let longestNumber: Int

    /// The end of the word that begins at `start`.
    @inline(__always) func endOfWord(from start: Int) -> Int {
        let bytes = reader.bytes
        let (first, afterFirst) = reader.read(start)
        switch first {
        case .letter: return reader.endOfRun(of: .letter, from: afterFirst)
        case .number: return endOfNumber(from: afterFirst)
        case .newline: return endOfWhitespace(from: start)
        case .space, .other, .mark, .symbol: break
        }
        if bytes[start] == UInt8(ascii: "'") {
            let contraction = reader.contraction(at: afterFirst, ignoresCase: true)
            if contraction > 0 { return afterFirst + contraction }
        }
        guard afterFirst < bytes.count else { return afterFirst }
        let (second, afterSecond) = reader.read(afterFirst)
        // [^\r\n\p{L}\p{N}]?\p{L}+
        if second == .letter { return reader.endOfRun(of: .letter, from: afterSecond) }
        // ` ?[^\s\p{L}\p{N}]+[\r\n]*`
        if first == .other || (bytes[start] == UInt8(ascii: " ") && second == .other) {
            return reader.endOfRun(of: .newline, from: reader.endOfRun(of: .other, from: afterFirst))
        }
        return endOfWhitespace(from: start)
    }

    private func endOfNumber(from afterFirst: Int) -> Int {
        var position = afterFirst
        var count = 1
        while count < longestNumber, position < reader.bytes.count {
            let (found, end) = reader.read(position)
            if found != .number { break }
            position = end
            count += 1
        }
        return position
    }

    /// `\s*[\r\n]+|\s+(?!\S)|\s+`: through the run's last line break if it has one, else as GPT-2.
    private func endOfWhitespace(from start: Int) -> Int {
        var position = start
        var last = start
        var afterNewline = start
        while position < reader.bytes.count {
            let (found, end) = reader.read(position)
            if !found.isWhitespace { break }
            if found == .newline { afterNewline = end }
            last = position
            position = end
        }
        if afterNewline > start { return afterNewline }
        return position == reader.bytes.count || last == start ? position : last
    }
}
