import Pipeline
import Tokenization

extension LanguageModel {
    /// Tokens of a chain of thought up to where the answer begins: `<think>…</think>\n<answer>`.
    public func outputTokens(reasoning: String) -> [Int32] {
        let text =
            AnswerFormat.thinkStart + reasoning + AnswerFormat.thinkEnd + "\n" + AnswerFormat.answerStart
        return tokenizer.encode(text, recognizesSpecialTokens: false)
    }

    /// Tokens y of the answer that names an item, as `AnswerFormat.render` writes it, without its tags.
    public func outputTokens(answer: String) -> [Int32] {
        tokenizer.encode(answer, recognizesSpecialTokens: false)
    }

    /// Tokens that close an answer and end the assistant's turn.
    public func outputEnd() -> [Int32] {
        let end = endOfTurn ?? decoder.configuration.endTokens.first.map(Int32.init)
        return tokenizer.encode(AnswerFormat.answerEnd, recognizesSpecialTokens: false)
            + (end.map { [$0] } ?? [])
    }
}
