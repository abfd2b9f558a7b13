public import Pipeline

extension FormatRates {
    /// Rates over some completions.
    /// - Throws: `EvaluationError.empty` without completions.
    public init(_ answers: [ParsedAnswer]) throws(EvaluationError) {
        guard !answers.isEmpty else { throw .empty(what: "completions") }
        let rate = { (matching: Int) in Double(matching) / Double(answers.count) }
        let none = ParsedAnswer.Outcome.allCases.map { ($0.rawValue, 0) }
        self.init(
            count: answers.count, thinkTagPresence: rate(answers.count { $0.thinkTag == .closed }),
            thinkNonEmpty: rate(answers.count { $0.thinkTag == .closed && !$0.reasoning.isEmpty }),
            answerNonEmpty: rate(answers.count { $0.answerTag == .closed && !$0.answer.isEmpty }),
            unclosedThinkCount: answers.count { $0.thinkTag == .unclosed },
            unclosedAnswerCount: answers.count { $0.answerTag == .unclosed },
            outcomes: answers.reduce(into: Dictionary(uniqueKeysWithValues: none)) { counts, answer in
                counts[answer.outcome.rawValue, default: 0] += 1
            })
    }
}
