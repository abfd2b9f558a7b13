/// The form of the model's output, `<think>…</think>` and `<answer>…</answer>` (§2.2.2).
public enum AnswerFormat {
    /// Begins the reasoning.
    public static let thinkStart = "<think>"
    /// Ends the reasoning.
    public static let thinkEnd = "</think>"
    /// Begins the answer.
    public static let answerStart = "<answer>"
    /// Ends the answer.
    public static let answerEnd = "</answer>"

    /// What a prompt shows as the form of the output.
    public static let form = """
        \(thinkStart)reasoning\(thinkEnd)
        \(answerStart)Item title: ...; Category L1: ...; Category L2: ...; Category L3: ...\(answerEnd)
        """

    /// An item as an answer names it, without tags: `Item title: …; Category L1: …; Category L2: …; Category
    /// L3: …`. A level that is not known is left out.
    public static func render(_ item: Item) -> String {
        let levels = item.categories.enumerated().filter { !$0.element.isEmpty }
            .map { "; Category L\($0.offset + 1): \($0.element)" }
        return "Item title: \(item.title)" + levels.joined()
    }
}
