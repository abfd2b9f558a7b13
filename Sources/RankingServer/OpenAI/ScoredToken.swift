import LanguageModels
import Tokenization
import Torch

/// A token of a prompt and how likely the model finds it, Eq. (1).
struct ScoredToken: Sendable, Equatable {
    /// The token's text; empty for all but the last of the tokens that make one character.
    let text: String
    /// log P given the tokens before it; nil for the first.
    let logProbability: Double?

    /// The tokens of a prompt.
    ///
    /// - Throws: `LanguageModelError.tokens` for none, or for more than the model's context.
    static func all(_ tokens: [Int32], under model: LanguageModel) throws -> [ScoredToken] {
        guard let first = tokens.first else {
            throw LanguageModelError.tokens("a prompt needs at least one token")
        }
        guard tokens.count <= model.contextLength else {
            throw LanguageModelError.tokens(
                "the prompt has \(tokens.count) tokens, but the model's context \(model.contextLength)")
        }
        let rest = Array(tokens.dropFirst())
        let values =
            rest.isEmpty
            ? []
            : try withoutGrad {
                try model.decoder.logProbabilities(PackedGroup(prompt: [first], continuations: [rest]))
                    .perContinuation()[0]
            }
        var text = TextAssembler(stops: [])
        return try zip(tokens, [nil] + values.map { Double($0) }).enumerated().map { place, token in
            // Special tokens are part of the prompt's text.
            func decode(_ ids: [Int32]) throws -> String {
                try model.tokenizer.decode(ids, skipsSpecialTokens: false)
            }
            var written = try text.add(token.0, decode: decode)
            if place == tokens.count - 1 { written += try text.finish(decode: decode) }
            return ScoredToken(text: written, logProbability: token.1)
        }
    }

    /// OpenAI's `logprobs` object of a completion.
    static func json(_ tokens: [ScoredToken]) -> JSON {
        var offset = 0
        let offsets = tokens.map { token -> JSON in
            defer { offset += token.text.unicodeScalars.count }
            return .integer(Int64(offset))
        }
        return [
            "tokens": .array(tokens.map { .string($0.text) }),
            "token_logprobs": .array(tokens.map { $0.logProbability.map(JSON.number) ?? .null }),
            "top_logprobs": .null, "text_offset": .array(offsets),
        ]
    }
}
