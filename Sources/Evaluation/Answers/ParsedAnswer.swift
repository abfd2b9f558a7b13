/// What a completion of the form `<think>…</think><answer>…</answer>` says.
public struct ParsedAnswer: Sendable, Equatable, Codable {
    /// How a pair of tags was written.
    public enum Tag: String, Sendable, Codable {
        case absent
        /// Opened and never closed, as in a completion that was cut off.
        case unclosed
        case closed
    }

    /// What the answer can be used for. Never an exception: a policy may write anything.
    public enum Outcome: String, Sendable, Codable, CaseIterable {
        /// A title and all three category levels.
        case complete
        /// A title and some category levels.
        case partial
        /// A title alone.
        case titleOnly
        /// Category levels without a title.
        case categoriesOnly
        /// Text without any of the expected fields.
        case unstructured
        /// No answer tag, or nothing in it.
        case noAnswer
    }

    /// How `<think>` was written.
    public var thinkTag: Tag
    /// The text inside `<think>`, trimmed; empty if there is none.
    public var reasoning: String
    /// How `<answer>` was written.
    public var answerTag: Tag
    /// The text inside `<answer>`, trimmed; empty if there is none.
    public var answer: String
    /// The item title, whitespace collapsed, in the letter case of the completion.
    public var title: String?
    /// The category levels L1, L2, L3, each nil if missing.
    public var categories: [String?]

    /// The kind of answer.
    public var outcome: Outcome {
        if answer.isEmpty { return .noAnswer }
        let levels = categories.count { $0 != nil }
        return switch (title != nil, levels) {
        case (true, categories.count): .complete
        case (true, 0): .titleOnly
        case (true, _): .partial
        case (false, 0): .unstructured
        case (false, _): .categoriesOnly
        }
    }

    /// The text whose embedding stands for the predicted title: the title, or the whole answer where it has
    /// no field at all (a model that was not trained on the format names the item and nothing else); nil
    /// without either.
    public var groundingText: String? {
        title ?? (outcome == .unstructured ? answer : nil)
    }
}
