/// Reads `<think>REASONING</think> <answer>Item title: …; Category L1: …; …</answer>` out of whatever a model
/// wrote.
///
/// The first `<think>` block counts, and the first `<answer>` block outside it. An unclosed `<think>` ends
/// where `<answer>` begins; an unclosed `<answer>` ends at the next tag or with the text. Where the prompt
/// itself ends with `<think>`, parse `"<think>" + completion`.
public enum AnswerParser {
    /// The parts of a completion; never fails.
    public static func parse(_ completion: String) -> ParsedAnswer {
        let bytes = [UInt8](completion.utf8)
        let tags = TagScanner(bytes)
        let think = thinkBlock(tags, length: bytes.count)
        let answer = answerBlock(tags, outside: think, length: bytes.count)
        let answerText = answer.map { text(bytes[$0.range]) } ?? ""
        let fields = AnswerFields(answerText)
        return ParsedAnswer(
            thinkTag: think?.tag ?? .absent, reasoning: think.map { reasoning(bytes, tags, $0) } ?? "",
            answerTag: answer?.tag ?? .absent, answer: answerText,
            title: fields.title, categories: fields.categories)
    }

    private struct Block {
        let tag: ParsedAnswer.Tag
        /// Bytes between the tags.
        let range: Range<Int>
    }

    private static func thinkBlock(_ tags: TagScanner, length: Int) -> Block? {
        guard let open = tags.first(.think, isClosing: false) else { return nil }
        let start = open.range.upperBound
        if let close = tags.first(.think, isClosing: true, from: start) {
            return Block(tag: .closed, range: start..<close.range.lowerBound)
        }
        let end = tags.first(.answer, isClosing: false, from: start)?.range.lowerBound ?? length
        return Block(tag: .unclosed, range: start..<end)
    }

    private static func answerBlock(_ tags: TagScanner, outside think: Block?, length: Int) -> Block? {
        let openings = tags.marks.filter { $0.name == .answer && !$0.isClosing }
        let outside = openings.filter { mark in
            think.map { !$0.range.contains(mark.range.lowerBound) } ?? true
        }
        // An answer before the reasoning counts only if none follows it.
        let following = outside.first { $0.range.lowerBound >= (think?.range.upperBound ?? 0) }
        guard let open = following ?? outside.first else { return nil }
        let start = open.range.upperBound
        guard let next = tags.marks.first(where: { $0.range.lowerBound >= start }) else {
            return Block(tag: .unclosed, range: start..<length)
        }
        let isClosed = next.name == .answer && next.isClosing
        return Block(tag: isClosed ? .closed : .unclosed, range: start..<next.range.lowerBound)
    }

    /// The text of a think block without tags that were repeated inside it.
    private static func reasoning(_ bytes: [UInt8], _ tags: TagScanner, _ block: Block) -> String {
        var kept: [UInt8] = []
        var position = block.range.lowerBound
        for mark in tags.marks where mark.name == .think && block.range.contains(mark.range.lowerBound) {
            kept += bytes[position..<mark.range.lowerBound]
            position = mark.range.upperBound
        }
        kept += bytes[position..<max(position, block.range.upperBound)]
        return text(kept[...])
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        trimmingWhitespace(String(decoding: bytes, as: UTF8.self))
    }
}
