/// How often completions keep to the format. Table 3, "Format Accuracy".
///
/// A rate counts closed tags only; unclosed ones, whose text is used all the same, are counted beside it.
public struct FormatRates: Codable, Sendable, Equatable {
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
    /// Completions by kind of answer; kinds that did not occur are 0.
    public var outcomes: [String: Int]

    /// Takes every value.
    public init(
        count: Int, thinkTagPresence: Double, thinkNonEmpty: Double, answerNonEmpty: Double,
        unclosedThinkCount: Int, unclosedAnswerCount: Int, outcomes: [String: Int]
    ) {
        self.count = count
        self.thinkTagPresence = thinkTagPresence
        self.thinkNonEmpty = thinkNonEmpty
        self.answerNonEmpty = answerNonEmpty
        self.unclosedThinkCount = unclosedThinkCount
        self.unclosedAnswerCount = unclosedAnswerCount
        self.outcomes = outcomes
    }
}
