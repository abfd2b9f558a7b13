import Foundation
import Pipeline

/// A model's turn in the two parts that reasoning models write, whatever shape they came in.
struct ReasoningParts: Codable, Sendable, Equatable {
    /// The chain of thought; nil where none was told apart.
    var reasoning: String?
    /// The rest of the turn.
    var content: String

    /// - Parameters:
    ///   - field: what came in a field of its own (`reasoning_content` or `reasoning`).
    ///   - content: the text, which may hold the reasoning between tags, with an opening tag that the prompt
    ///     already wrote, or without a closing one.
    init(field: String?, content: String) {
        reasoning = field.flatMap { $0.isEmpty ? nil : $0 }
        self.content = content
    }

    /// The turn in the form of the local engine's, `<think>…</think>` before the rest.
    ///
    /// - Parameter isTruncated: whether it was cut off; reasoning without a word after it is then not closed.
    func turn(isTruncated: Bool) -> String {
        let (start, end) = (AnswerFormat.thinkStart, AnswerFormat.thinkEnd)
        if let reasoning {
            return isTruncated && content.isEmpty
                ? start + reasoning : "\(start)\(reasoning)\(end)\n\(content)"
        }
        // A closing tag alone: the server's template wrote the opening one.
        guard let close = content.range(of: end), !content[..<close.lowerBound].contains(start) else {
            return content
        }
        return start + content
    }
}
