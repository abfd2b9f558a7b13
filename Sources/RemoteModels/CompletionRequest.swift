import Foundation
import LanguageModels
import Pipeline

/// One request: what is asked of a server, in OpenAI's fields.
struct CompletionRequest: Sendable, Equatable {
    /// Path below the endpoint's address.
    let path: String
    /// The body without `stream`, which changes no answer.
    let body: [String: JSONValue]
    /// Bytes of the prompt's text.
    let promptBytes: Int
    /// Names the request by its content, as 64 hexadecimal digits: the key of the journal, and `custom_id` in
    /// files.
    let id: String
    /// What is scored; nil where text is asked for.
    let scored: Scored?

    /// An answer whose tokens' log-probabilities are asked for, at the end of a prompt.
    struct Scored: Sendable, Equatable {
        /// The prompt before the answer.
        let context: String
        let answer: String
    }

    /// - Parameters:
    ///   - text: the prompt as the local template writes it; for the completions interface.
    ///   - seed: at most 31 bits, which every server takes.
    ///   - choices: turns that are asked for at once.
    init(
        _ endpoint: EndpointConfiguration, message: String, text: String?, stops: [String], seed: Int,
        sampling: SamplingConfiguration, choices: Int = 1
    ) throws {
        var body: [String: JSONValue] = [
            "model": .string(endpoint.model), "max_tokens": .integer(sampling.maximumTokens),
            "temperature": .real(sampling.temperature), "seed": .integer(seed),
        ]
        if choices > 1 { body["n"] = .integer(choices) }
        if sampling.topP < 1 { body["top_p"] = .real(sampling.topP) }
        let stops = sampling.stopTexts + stops
        if !stops.isEmpty { body["stop"] = .array(stops.map(JSONValue.string)) }
        if let text {
            path = "/completions"
            body["prompt"] = .string(text)
        } else {
            path = "/chat/completions"
            body["messages"] = [["role": "user", "content": .string(message)]]
        }
        body.merge(try endpoint.extraFieldValues()) { _, extra in extra }
        self.body = body
        promptBytes = (text ?? message).utf8.count
        scored = nil
        id = try Self.id(path, body)
    }

    /// A request for the log-probabilities of an answer's tokens. One token is drawn besides, because some
    /// servers take 0 for as many as they can.
    init(_ endpoint: EndpointConfiguration, context: String, answer: String) throws {
        let extra = try endpoint.extraFieldValues()
        var body: [String: JSONValue] = [
            "model": .string(endpoint.model), "prompt": .string(context + answer), "max_tokens": 1,
            "temperature": 0,
        ]
        if extra["prompt_logprobs"] == nil {
            body["echo"] = true
            body["logprobs"] = 1
        }
        body.merge(extra) { _, extra in extra }
        self.body = body
        path = "/completions"
        promptBytes = (context + answer).utf8.count
        scored = Scored(context: context, answer: answer)
        id = try Self.id(path, body)
    }

    private static func id(_ path: String, _ body: [String: JSONValue]) throws -> String {
        try Fingerprint.of(JSONValue.object(["path": .string(path), "body": .object(body)]))
    }

    /// The body as it is sent.
    func data(streams: Bool) throws -> Data {
        var body = body
        if streams {
            body["stream"] = true
            body["stream_options"] = ["include_usage": true]
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(body)
    }
}
