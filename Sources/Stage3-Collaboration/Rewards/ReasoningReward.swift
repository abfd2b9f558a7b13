public import LanguageModels
import Pipeline
import Tokenization
import TorchNN

/// Reward for the chain of thought itself: by how much it raises the true answer's mean log-likelihood a
/// token, Eq. (1) with and without it, under a model that does not change.
///
///     r_cot = log PPL(y | q) − log PPL(y | q, o_think),   within −1…1
///
/// It is not the paper's, whose rewards see the answer alone; a third reward lets gradients conflict, Eq.
/// (6).
public struct ReasoningReward {
    /// The reward of a rollout without closed reasoning, or without an answer.
    public static let minimum = -1.0

    private let model: LanguageModel
    private let maximumTokens: Int

    /// - Parameters:
    ///   - model: measures; the fine-tuned one, not the policy, which could learn to please itself.
    ///   - maximumTokens: computed at once.
    public init(_ model: LanguageModel, maximumTokens: Int) {
        (self.model, self.maximumTokens) = (model, maximumTokens)
    }

    /// - Parameters:
    ///   - plain: Eq. (1) of the true answer right after the prompt.
    ///   - reasoned: the same after the chain of thought.
    static func value(_ plain: AnswerScore, _ reasoned: AnswerScore) -> Double {
        let gain =
            reasoned.logLikelihood / Double(reasoned.tokenCount)
            - plain.logLikelihood / Double(plain.tokenCount)
        return min(1, max(minimum, gain))
    }

    /// Rewards of every chain of thought of every prompt.
    ///
    /// - Parameters:
    ///   - reasoning: nil where a rollout has none, `[N][G]`.
    ///   - samples: `[N]`.
    ///   - targets: true answers, `[N]`.
    /// - Returns: `[N][G]`.
    func values(
        _ reasoning: [[String?]], samples: [PromptSample], targets: [String]
    ) throws -> [[Double]] {
        // A text is scored once however often it was written, so that equal ones earn exactly the same.
        let texts = reasoning.map { group in [""] + Set(group.compactMap { $0 }).subtracting([""]).sorted() }
        let groups = try texts.indices.map { place in
            let answer = model.outputTokens(answer: targets[place])
            return try PackedGroup(
                prompt: model.promptTokens(user: samples[place].prompt),
                continuations: texts[place].map { model.outputTokens(reasoning: $0) + answer },
                scoredTokens: answer.count)
        }
        let scores = try groups.packed(maximumTokens: maximumTokens).flatMap {
            try answerScores($0, under: model.decoder)
        }
        return reasoning.indices.map { place in
            let known = Dictionary(uniqueKeysWithValues: zip(texts[place], scores[place]))
            let plain = scores[place][0]
            return reasoning[place].map { text in
                text.flatMap { known[$0] }.map { Self.value(plain, $0) } ?? Self.minimum
            }
        }
    }
}
