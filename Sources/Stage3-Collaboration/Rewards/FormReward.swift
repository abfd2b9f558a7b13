public import Evaluation

/// Rewards for the shape of a completion, beside the paper's two: with three rewards and more, Eq. (6) sees
/// conflict.
public enum FormReward {
    /// Half for reasoning between closed tags, half for a closed answer with a title and all category levels;
    /// 0…1.
    public static func format(_ answer: ParsedAnswer) -> Double {
        let reasons = answer.thinkTag == .closed && !answer.reasoning.isEmpty
        let answers = answer.answerTag == .closed && answer.outcome == .complete
        return (reasons ? 0.5 : 0) + (answers ? 0.5 : 0)
    }

    /// 1 − tokens / most tokens: the shorter, the better.
    public static func length(tokens: Int, maximumTokens: Int) -> Double {
        1 - Double(tokens) / Double(maximumTokens)
    }
}
