/// How often completions keep to the format. Table 3, "Format Accuracy".
///
/// A rate counts closed tags only; unclosed ones, whose text is used all the same, are counted beside it.
public struct FormatRates: Sendable, Equatable, Codable {
    /// Completions that were measured.
    public var count: Int
    /// Share with `<think>…</think>`. Think_Tag_Presence_Rate.
    public var thinkTagPresence: Double
    /// Share with text inside. Think_Non_Empty_Rate.
    public var thinkNonEmpty: Double
    /// Share with text inside `<answer>…</answer>`. Answer_Non_Empty_Rate.
    public var answerNonEmpty: Double
    /// Completions with `<think>` and no `</think>`.
    public var unclosedThinkCount: Int
    /// Completions with `<answer>` and no `</answer>`.
    public var unclosedAnswerCount: Int
    /// Completions of each kind of answer; kinds that did not occur are 0.
    public var outcomes: [String: Int]

    /// Rates over some completions.
    /// - Throws: `EvaluationError.empty` without completions.
    public init(_ answers: [ParsedAnswer]) throws(EvaluationError) {
        guard !answers.isEmpty else { throw .empty(what: "completions") }
        let rate = { (matching: Int) in Double(matching) / Double(answers.count) }
        count = answers.count
        thinkTagPresence = rate(answers.count { $0.thinkTag == .closed })
        thinkNonEmpty = rate(answers.count { $0.thinkTag == .closed && !$0.reasoning.isEmpty })
        answerNonEmpty = rate(answers.count { $0.answerTag == .closed && !$0.answer.isEmpty })
        unclosedThinkCount = answers.count { $0.thinkTag == .unclosed }
        unclosedAnswerCount = answers.count { $0.answerTag == .unclosed }
        let none = ParsedAnswer.Outcome.allCases.map { ($0.rawValue, 0) }
        outcomes = answers.reduce(into: Dictionary(uniqueKeysWithValues: none)) { counts, answer in
            counts[answer.outcome.rawValue, default: 0] += 1
        }
    }
}
