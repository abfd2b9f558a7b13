import Pipeline

/// Whatever says how likely an answer is, Eq. (1): the local engine, or a server.
public protocol AnswerScorer {
    /// Eq. (1) of every prompt's answer after each of its chains of thought, `[N][k]`.
    ///
    /// - Parameter progress: called on this thread with the number of prompts that are done.
    func scores(of prompts: [ScoredPrompt], progress: (Int) -> Void) throws -> [[AnswerScore]]
}

/// A conversation of one user message, chains of thought, and the answer that is scored after each of them.
public struct ScoredPrompt: Sendable, Equatable {
    /// The user's message.
    public var message: String
    /// Texts inside `<think>`, k of them; an empty one stands for none.
    public var reasoning: [String]
    /// The text inside `<answer>`, as `AnswerFormat.render` writes it.
    public var answer: String

    /// A prompt.
    public init(message: String, reasoning: [String], answer: String) {
        self.message = message
        self.reasoning = reasoning
        self.answer = answer
    }
}

/// The local engine as a scorer: a prompt is computed once for all its chains of thought, and many prompts
/// together.
public struct PackedScorer: AnswerScorer {
    private let model: LanguageModel
    private let maximumTokens: Int

    /// - Parameter maximumTokens: most tokens that are computed together; a single prompt may exceed it.
    public init(_ model: LanguageModel, maximumTokens: Int) {
        self.model = model
        self.maximumTokens = maximumTokens
    }

    /// See `AnswerScorer`.
    public func scores(of prompts: [ScoredPrompt], progress: (Int) -> Void) throws -> [[AnswerScore]] {
        let groups = try prompts.map { prompt in
            let answer = model.outputTokens(answer: prompt.answer)
            return try PackedGroup(
                prompt: model.promptTokens(user: prompt.message),
                continuations: prompt.reasoning.map { model.outputTokens(reasoning: $0) + answer },
                scoredTokens: answer.count)
        }
        var scores: [[AnswerScore]] = []
        for batch in groups.packed(maximumTokens: maximumTokens) {
            scores += try answerScores(batch, under: model.decoder)
            progress(scores.count)
        }
        return scores
    }
}
