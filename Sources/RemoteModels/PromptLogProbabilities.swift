import Foundation

/// What a server says of the tokens of a prompt that it was sent.
struct PromptLogProbabilities {
    private struct Token {
        var text: String
        /// Unknown for the first token.
        var logProbability: Double?
        /// Where the token begins, in Unicode scalars of the prompt.
        var offset: Int?
    }

    private let tokens: [Token]

    /// Reads the first choice of a reply.
    ///
    /// - Throws: `AnswerFault` where the reply has none.
    init(_ body: Data) throws {
        let text = String(decoding: body, as: UTF8.self)
        guard let choice = (try? JSONDecoder().decode(EchoReply.self, from: body))?.choices.first else {
            throw AnswerFault(
                kind: .malformed, what: "answered with log-probabilities in a form that is unknown here",
                body: text)
        }
        if let own = choice.prompt_logprobs {
            tokens = try own.map { entry in
                guard let entry else { return Token(text: "", logProbability: nil) }
                guard entry.count == 1, let token = entry.values.first else {
                    throw AnswerFault(
                        kind: .refused,
                        what: "answered with several tokens for each place of the prompt; set "
                            + #"endpoint.extraFields to '{"prompt_logprobs": 0}'"#,
                        body: text)
                }
                return Token(text: token.decoded_token ?? "", logProbability: token.logprob)
            }
        } else if let echoed = choice.logprobs, let texts = echoed.tokens,
            let values = echoed.token_logprobs, texts.count == values.count
        {
            let offsets = echoed.text_offset
            tokens = texts.indices.map { place in
                Token(
                    text: texts[place], logProbability: values[place],
                    offset: offsets.flatMap { $0.indices.contains(place) ? $0[place] : nil })
            }
        } else {
            throw AnswerFault(
                kind: .refused,
                what:
                    "answered without log-probabilities of the prompt, which Eq. (1) needs; have the server "
                    + "return them, or leave activate.endpoint empty",
                body: text)
        }
    }

    /// log P of the tokens of the answer, which the prompt ends with. One that begins before the answer and
    /// ends in it counts as one of it.
    ///
    /// - Throws: `AnswerFault` where they cannot be told from the others.
    func of(answer: String, after context: String) throws -> [Double] {
        let found = tokensWritten(answer) ?? tokensPlaced(answer, after: context) ?? []
        let values = found.compactMap(\.logProbability)
        guard !values.isEmpty, values.count == found.count else {
            throw AnswerFault(
                kind: .refused, what: "answered with tokens in which the answer '\(answer)' is not found",
                body: tokens.map(\.text).joined())
        }
        return values
    }

    /// By the tokens' texts, one after another; nil where they do not spell the answer, as when a character
    /// is several tokens.
    private func tokensWritten(_ answer: String) -> [Token]? {
        let wanted = Array(answer.utf8)
        var bytes: [UInt8] = []
        let ends = tokens.map { token in
            bytes += Array(token.text.utf8)
            return bytes.count
        }
        // The last place: what follows is at most a token that was drawn.
        let start = stride(from: bytes.count - wanted.count, through: 0, by: -1).first { start in
            bytes[start..<start + wanted.count].elementsEqual(wanted)
        }
        guard let start, !wanted.isEmpty else { return nil }
        return overlapping(start..<start + wanted.count, ends: ends)
    }

    /// By the places that the server gives.
    private func tokensPlaced(_ answer: String, after context: String) -> [Token]? {
        let starts = tokens.compactMap(\.offset)
        guard starts.count == tokens.count else { return nil }
        let start = context.unicodeScalars.count
        let end = start + answer.unicodeScalars.count
        return overlapping(start..<end, ends: starts.dropFirst() + [max(end, starts.last ?? 0)])
    }

    private func overlapping(_ range: Range<Int>, ends: some Sequence<Int>) -> [Token] {
        var begin = 0
        return zip(tokens, ends).compactMap { token, end in
            defer { begin = end }
            // A token without a text is the first part of the character that the next one ends.
            let reaches = end > range.lowerBound || (begin == end && begin >= range.lowerBound)
            return reaches && begin < range.upperBound ? token : nil
        }
    }
}

/// The parts of a reply that log-probabilities stand in.
private struct EchoReply: Decodable {
    struct Choice: Decodable {
        struct Echoed: Decodable {
            var tokens: [String]?
            var token_logprobs: [Double?]?
            var text_offset: [Int]?
        }
        struct Entry: Decodable {
            var logprob: Double
            var decoded_token: String?
        }
        var logprobs: Echoed?
        var prompt_logprobs: [[String: Entry]?]?
    }
    var choices: [Choice]
}
