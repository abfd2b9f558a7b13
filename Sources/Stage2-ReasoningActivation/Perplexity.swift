import Foundation
public import LanguageModels
import Tokenization
import Torch

/// How likely a model finds an answer after a context: perplexity of the answer's tokens. Eq. (1).
///
///     PPL = exp(−(1/T) · Σₜ log P(yₜ | context, y₁ … yₜ₋₁))
public struct AnswerScore: Codable, Sendable, Equatable {
    /// T, the number of answer tokens.
    public let tokenCount: Int
    /// Σₜ log P(yₜ | …), natural logarithm.
    public let logLikelihood: Double
    /// PPL; 1 for a certain answer, V for a uniform guess.
    public var perplexity: Double { exp(-logLikelihood / Double(tokenCount)) }

    /// - Parameter logProbabilities: log P of each answer token; at least one.
    /// - Throws: `LanguageModelError.tokens` when there is none.
    public init(logProbabilities: some Collection<Double>) throws {
        guard !logProbabilities.isEmpty else {
            throw LanguageModelError.tokens("the answer has no token, so its perplexity is not defined")
        }
        tokenCount = logProbabilities.count
        logLikelihood = logProbabilities.reduce(0, +)
    }
}

/// Eq. (1) of an answer after a prompt. Both are taken as they are, special tokens recognized, nothing added.
public func perplexity(
    ofAnswer answer: String, given prompt: String, under model: LanguageModel
) throws -> AnswerScore {
    try perplexity(
        ofAnswer: model.tokenizer.encode(answer), given: model.tokenizer.encode(prompt), reasoning: [[]],
        under: model.decoder)[0]
}

/// Eq. (1) of one answer after each of k chains of thought, with the prompt computed once.
///
/// - Parameters:
///   - answer: tokens y of the true answer.
///   - prompt: tokens of query, user profile and behavioural history.
///   - reasoning: tokens of each chain of thought, up to where the answer begins; k of them.
/// - Returns: k scores.
public func perplexity(
    ofAnswer answer: [Int32], given prompt: [Int32], reasoning: [[Int32]], under decoder: Decoder
) throws -> [AnswerScore] {
    try withoutGrad {
        let group = try PackedGroup(prompt: prompt, continuations: reasoning.map { $0 + answer })
        return try decoder.logProbabilities(group).perContinuation().map { values in
            try AnswerScore(logProbabilities: values.suffix(answer.count).map(Double.init))
        }
    }
}
