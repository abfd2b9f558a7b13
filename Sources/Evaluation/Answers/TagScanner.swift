/// Finds `<think>`, `</think>`, `<answer>` and `</answer>` in UTF-8 text, in any letter case and with blanks
/// inside the brackets.
struct TagScanner {
    enum Name: String, CaseIterable {
        case think, answer
    }

    struct Mark {
        let name: Name
        let isClosing: Bool
        /// Bytes of the tag itself.
        let range: Range<Int>
    }

    let marks: [Mark]

    init(_ bytes: [UInt8]) {
        var marks: [Mark] = []
        var position = 0
        while position < bytes.count {
            if bytes[position] == UInt8(ascii: "<"), let mark = Self.mark(in: bytes, at: position) {
                marks.append(mark)
                position = mark.range.upperBound
            } else {
                position += 1
            }
        }
        self.marks = marks
    }

    /// The first tag of a name from `position` on.
    func first(_ name: Name, isClosing: Bool, from position: Int = 0) -> Mark? {
        marks.first { $0.name == name && $0.isClosing == isClosing && $0.range.lowerBound >= position }
    }

    private static func mark(in bytes: [UInt8], at start: Int) -> Mark? {
        var position = bytes.skippingBlanks(from: start + 1)
        let isClosing = position < bytes.count && bytes[position] == UInt8(ascii: "/")
        if isClosing { position = bytes.skippingBlanks(from: position + 1) }
        for name in Name.allCases {
            guard let end = bytes.skipping(name.rawValue, from: position) else { continue }
            let close = bytes.skippingBlanks(from: end)
            guard close < bytes.count, bytes[close] == UInt8(ascii: ">") else { return nil }
            return Mark(name: name, isClosing: isClosing, range: start..<(close + 1))
        }
        return nil
    }
}

extension [UInt8] {
    /// The position after blanks and line breaks.
    func skippingBlanks(from start: Int) -> Int {
        var position = start
        while position < count, self[position].isBlank { position += 1 }
        return position
    }

    /// The position after `word`, compared without letter case; nil if it is not there. `word` is lower-case
    /// ASCII.
    func skipping(_ word: String, from start: Int) -> Int? {
        var position = start
        for byte in word.utf8 {
            guard position < count, self[position].lowercasedASCII == byte else { return nil }
            position += 1
        }
        return position
    }
}

extension UInt8 {
    var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
    var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
    var isLetterASCII: Bool { (0x61...0x7A).contains(lowercasedASCII) }
}
