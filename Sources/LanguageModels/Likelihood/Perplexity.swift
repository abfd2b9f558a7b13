import Foundation
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
    let group = try PackedGroup(
        prompt: prompt, continuations: reasoning.map { $0 + answer }, scoredTokens: answer.count)
    return try answerScores(PackedBatch([group]), under: decoder)[0]
}

/// Eq. (1) of many prompts at once, each with its chains of thought.
///
/// - Parameter batch: a prompt a group; its continuations are chains of thought that end with the answer,
///   which alone is scored.
/// - Returns: a score a chain of thought, one array a group.
public func answerScores(_ batch: PackedBatch, under decoder: Decoder) throws -> [[AnswerScore]] {
    let values = try withoutGrad { try decoder.logProbabilities(batch).perContinuation() }
    var rest = values[...]
    return try batch.groups.map { group in
        defer { rest = rest.dropFirst(group.continuations.count) }
        return try rest.prefix(group.continuations.count).map {
            try AnswerScore(logProbabilities: $0.map(Double.init))
        }
    }
}
