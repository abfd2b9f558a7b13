/// A text as lower-case words, with the places where sentences begin. A CJK character is a word of its own.
struct WordSequence {
    private(set) var words: [String] = []
    /// Index of the first word of each sentence but the first.
    private(set) var sentenceStarts: [Int] = []
    /// The text from the first word of each sentence to that of the next.
    private(set) var sentences: [Substring] = []

    init(_ text: String) {
        var word = ""
        var isStopped = false
        var sawStop = false
        var sentence = text.startIndex
        // Letter by letter, so that places in the text stay known; some have several in lower case.
        for (index, character) in text.indices.flatMap({ index in
            text[index].lowercased().map { (index, $0) }
        }) {
            let isWordPart = character.isLetter || character.isNumber
            let isWhole = isWordPart && Self.isIdeograph(character)
            if !word.isEmpty, !isWordPart || isWhole {
                words.append(word)
                word = ""
            }
            if isWordPart {
                if word.isEmpty, isStopped, !words.isEmpty {
                    sentenceStarts.append(words.count)
                    sentences.append(text[sentence..<index])
                    sentence = index
                }
                (isStopped, sawStop) = (false, false)
                if isWhole { words.append(String(character)) } else { word.append(character) }
            } else {
                // The point of "1.5" ends nothing: a blank must follow.
                if character.isNewline || "。！？".contains(character) || (sawStop && character.isWhitespace) {
                    isStopped = true
                }
                sawStop = ".!?".contains(character) || (sawStop && !character.isWhitespace)
            }
        }
        if !word.isEmpty { words.append(word) }
        if !words.isEmpty { sentences.append(text[sentence...]) }
    }

    /// The sentence that a word is in, as an index into `sentences`.
    func sentence(ofWord index: Int) -> Int { sentenceStarts.count { $0 <= index } }

    /// Where `phrase` occurs, word by word.
    func ranges(of phrase: [String]) -> [Range<Int>] {
        guard !phrase.isEmpty, phrase.count <= words.count else { return [] }
        return (0...(words.count - phrase.count)).compactMap { start in
            let range = start..<(start + phrase.count)
            return words[range].elementsEqual(phrase) ? range : nil
        }
    }

    /// Index of the first word of the last sentence; breaks inside the given ranges, such as the point of a
    /// title's "18 oz. jar", are none.
    func lastSentenceStart(ignoringBreaksIn ranges: [Range<Int>]) -> Int {
        sentenceStarts.last { start in
            !ranges.contains { $0.lowerBound < start && start < $0.upperBound }
        } ?? 0
    }

    private static func isIdeograph(_ character: Character) -> Bool {
        character.unicodeScalars.contains { (0x3040...0x9FFF).contains($0.value) }
    }
}
