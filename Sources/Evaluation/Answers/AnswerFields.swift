/// Finds `Item title: …; Category L1: …; Category L2: …; Category L3: …` in an answer.
///
/// A value runs to the next field; the last value ends at the first semicolon or line break, so that what a
/// model writes after the fields is not taken for a category. The first of repeated fields counts. A value
/// without a letter or digit, such as an echoed "…", is missing.
struct AnswerFields {
    private(set) var title: String?
    private(set) var categories: [String?] = [nil, nil, nil]

    private static let keys = [
        ["item", "title"], ["category", "l1"], ["category", "l2"], ["category", "l3"],
    ]

    private struct Key {
        let field: Int
        /// Bytes from the first letter of the key, or the quote before it, to its colon.
        let range: Range<Int>
    }

    init(_ text: String) {
        let bytes = [UInt8](text.utf8)
        let found = Self.keys(in: bytes)
        var isSeen = [false, false, false, false]
        for (index, key) in found.enumerated() where !isSeen[key.field] {
            isSeen[key.field] = true
            let next = index + 1 < found.count ? found[index + 1].range.lowerBound : nil
            let value = Self.value(bytes[key.range.upperBound..<(next ?? bytes.count)], isLast: next == nil)
            if key.field == 0 { title = value } else { categories[key.field - 1] = value }
        }
    }

    private static func keys(in bytes: [UInt8]) -> [Key] {
        var found: [Key] = []
        var position = 0
        while position < bytes.count {
            let startsWord = position == 0 || !bytes[position - 1].isLetterASCII
            if startsWord, let key = key(in: bytes, at: position) {
                found.append(key)
                position = key.range.upperBound
            } else {
                position += 1
            }
        }
        return found
    }

    private static func key(in bytes: [UInt8], at start: Int) -> Key? {
        for (field, words) in keys.enumerated() {
            guard let first = bytes.skipping(words[0], from: start) else { continue }
            let gap = skip(" \t\r\n_-", in: bytes, from: first)
            guard let second = bytes.skipping(words[1], from: gap) else { continue }
            let colon = skip(" \t\r\n*\"'`", in: bytes, from: second)
            guard colon < bytes.count, bytes[colon] == UInt8(ascii: ":") else { continue }
            var begin = start
            while begin > 0, "*\"'`".utf8.contains(bytes[begin - 1]) { begin -= 1 }
            return Key(field: field, range: begin..<(colon + 1))
        }
        return nil
    }

    private static func skip(_ set: String, in bytes: [UInt8], from start: Int) -> Int {
        var position = start
        while position < bytes.count, set.utf8.contains(bytes[position]) { position += 1 }
        return position
    }

    private static func value(_ bytes: ArraySlice<UInt8>, isLast: Bool) -> String? {
        let isEdge: (UInt8) -> Bool = { $0.isBlank || $0 == UInt8(ascii: "*") }
        var value = bytes.drop(while: isEdge)
        if isLast {
            value = value.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\n") }
        }
        // What separates fields: semicolons, line breaks, and the bullet of a list's next line.
        while let last = value.last, isEdge(last) || last == UInt8(ascii: ";") || last == UInt8(ascii: "-") {
            value.removeLast()
        }
        if value.count > 1, let first = value.first, first == value.last, "\"'`".utf8.contains(first) {
            value = value.dropFirst().dropLast()
        }
        let text = String(decoding: value, as: UTF8.self)
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else { return nil }
        return collapsingWhitespace(text)
    }
}
