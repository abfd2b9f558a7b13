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
        id = try Fingerprint.of(JSONValue.object(["path": .string(path), "body": .object(body)]))
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
