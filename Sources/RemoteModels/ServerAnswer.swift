import Foundation
import Pipeline

/// What a server wrote for one request.
struct ServerAnswer: Codable, Sendable, Equatable {
    /// One turn.
    struct Choice: Codable, Sendable, Equatable {
        var parts: ReasoningParts
        /// Whether it reached the most tokens.
        var isTruncated: Bool
    }

    /// The turns, in the order of their `index`.
    var choices: [Choice]
    /// Tokens of the prompt.
    var promptTokens: Int
    /// Tokens of all turns.
    var completionTokens: Int
    /// Whether tokens are estimated, because the server does not count them; absent where it does.
    var isEstimated: Bool?
    /// log P of the tokens of the answer that was scored; absent where text was asked for.
    var logProbabilities: [Double]?

    /// Turns, or a scored answer.
    var turnCount: Int { logProbabilities == nil ? choices.count : 1 }

    /// Bytes of English text to a token, where nobody counts.
    private static let bytesPerToken = 4

    /// With an estimate of the tokens, where the server sent no counts.
    func counted(promptBytes: Int) -> ServerAnswer {
        guard promptTokens == 0, completionTokens == 0 else { return self }
        func tokens(_ bytes: Int) -> Int { (bytes + Self.bytesPerToken - 1) / Self.bytesPerToken }
        var counted = self
        counted.promptTokens = tokens(promptBytes)
        counted.completionTokens = choices.reduce(0) {
            $0 + tokens($1.parts.content.utf8.count + ($1.parts.reasoning?.utf8.count ?? 0))
        }
        counted.isEstimated = true
        return counted
    }
}

/// Why an answer is none. What another try may change is tried again.
struct AnswerFault: Error, Sendable, Equatable {
    /// How it is counted in the summary.
    enum Kind: String, Sendable, CaseIterable {
        case connection, timeout, overloaded, serverError, cutOff, malformed, empty, refused, dishonest
    }

    let kind: Kind
    /// What happened, after the server's address in a sentence.
    let what: String
    /// What came back.
    var body = ""
    /// The status that came with it.
    var status = 200
    /// Seconds that the server asks to wait.
    var retryAfter: Double?

    /// Whether another try may succeed.
    var isPassing: Bool { kind != .refused && kind != .dishonest }
}

extension ServerAnswer {
    /// Reads a reply: JSON, or a stream of events, whichever was asked for.
    ///
    /// - Parameter scored: the answer whose tokens' log-probabilities were asked for, and its context.
    /// - Throws: `AnswerFault` for everything that is no answer of the model that was asked.
    init(
        _ body: Data, from endpoint: EndpointConfiguration, scored: CompletionRequest.Scored? = nil
    ) throws {
        let text = String(decoding: body, as: UTF8.self)
        let start = text.drop { $0.isWhitespace }
        if EventStream.isOne(start) {
            self = try EventStream(text).answer(from: endpoint)
            return
        }
        if start.hasPrefix("<") {
            throw AnswerFault(kind: .malformed, what: "answered with a page of HTML", body: text)
        }
        let reply: Reply
        do { reply = try JSONDecoder().decode(Reply.self, from: body) } catch {
            let isCut = !text.isEmpty && !text.hasSuffix("}") && start.hasPrefix("{")
            throw AnswerFault(
                kind: isCut ? .cutOff : .malformed,
                what: isCut ? "answered with JSON that is cut off" : "answered with what is no completion",
                body: text)
        }
        try reply.check(endpoint, body: text)
        let choices = (reply.choices ?? []).sorted { ($0.index ?? 0) < ($1.index ?? 0) }
        guard !choices.isEmpty else {
            throw AnswerFault(kind: .empty, what: "answered without a choice", body: text)
        }
        self.init(
            choices: try choices.map { try $0.choice(body: text) },
            promptTokens: reply.usage?.prompt_tokens ?? 0,
            completionTokens: reply.usage?.completion_tokens ?? 0)
        if let scored {
            logProbabilities = try PromptLogProbabilities(body).of(
                answer: scored.answer, after: scored.context)
            self.choices = []
        }
    }
}

/// A reply, or an event of a streamed one, in OpenAI's fields.
struct Reply: Decodable {
    struct Choice: Decodable {
        var index: Int?
        var message: Message?
        var delta: Message?
        var text: String?
        var finish_reason: String?

        func choice(body: String) throws -> ServerAnswer.Choice {
            guard message != nil || text != nil else {
                throw AnswerFault(kind: .malformed, what: "answered with a choice without text", body: body)
            }
            if finish_reason == "content_filter" {
                throw AnswerFault(
                    kind: .refused, what: "withheld an answer (content_filter)", body: body)
            }
            return ServerAnswer.Choice(
                parts: ReasoningParts(
                    field: message?.reasoning, content: message?.content.text ?? text ?? ""),
                isTruncated: finish_reason == "length")
        }
    }

    /// A message, whose text may be null, a string or a list of parts.
    struct Message: Decodable {
        var content: TextParts
        /// `reasoning_content` (vLLM, SGLang, DeepSeek) or `reasoning` (OpenRouter, newer vLLM).
        var reasoning: String?

        enum CodingKeys: String, CodingKey { case content, reasoning, reasoning_content }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            content = try container.decodeIfPresent(TextParts.self, forKey: .content) ?? TextParts(text: "")
            reasoning =
                try container.decodeIfPresent(String.self, forKey: .reasoning_content)
                ?? container.decodeIfPresent(String.self, forKey: .reasoning)
        }
    }

    struct Usage: Decodable {
        var prompt_tokens: Int?
        var completion_tokens: Int?
    }

    var model: String?
    var choices: [Choice]?
    var usage: Usage?
    var error: JSONValue?

    /// Throws where the server says that it failed, or answers with another model.
    func check(_ endpoint: EndpointConfiguration, body: String) throws {
        if let error {
            throw AnswerFault(
                kind: .serverError, what: "answered with an error", body: error.message ?? body)
        }
        guard let model else { return }
        let isExpected =
            endpoint.servedModel.isEmpty
            ? model.hasPrefix(endpoint.model) : model == endpoint.servedModel
        guard isExpected else {
            throw AnswerFault(
                kind: .dishonest,
                what: "answered as the model '\(model)', not '\(endpoint.expectedModel)'; set "
                    + "endpoint.servedModel to the name that is right",
                body: body)
        }
    }
}

/// Text as a string, as null, or in parts.
struct TextParts: Decodable {
    var text: String

    private struct Part: Decodable { var text: String? }

    init(text: String) { self.text = text }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            text = ""
        } else if let whole = try? container.decode(String.self) {
            text = whole
        } else {
            text = try container.decode([Part].self).compactMap(\.text).joined()
        }
    }
}

extension EndpointConfiguration {
    /// Name that the server is expected to give its model.
    var expectedModel: String { servedModel.isEmpty ? model : servedModel }
}

extension JSONValue {
    /// The message of an error object, or the text itself.
    fileprivate var message: String? {
        switch self {
        case .string(let text): text
        case .object(let fields):
            if case .string(let text)? = fields["message"] { text } else { nil }
        default: nil
        }
    }
}
