import Foundation
import LanguageModels
import ModelFiles
import Pipeline
import Tokenization

/// What a client asks a model to continue, in OpenAI's fields.
struct TextRequest: Sendable {
    /// What is continued.
    enum Prompt: Sendable {
        case conversation([ChatMessage])
        case text(String)
        case tokens([Int32])
    }

    /// Several of a plain completion; one of a chat.
    let prompts: [Prompt]
    let isChat: Bool
    /// Completions of each prompt.
    let choices: Int
    /// nil: as many as the context holds.
    let maximumTokens: Int?
    let temperature: Double
    let topP: Double
    let stops: [String]
    let seed: UInt64
    let streams: Bool
    /// Whether the log-probabilities of the prompts' tokens are asked for, and no text: `echo`, `logprobs`.
    let scoresPrompts: Bool
    /// Whether a stream ends with how many tokens there were.
    let includesUsage: Bool

    /// Most completions of one request.
    private static let mostChoices = 128
    /// Fields that would change the answer and are not computed here.
    private static let refused = [
        "top_logprobs", "best_of", "suffix", "logit_bias", "frequency_penalty",
        "presence_penalty", "tools", "functions", "audio",
    ]

    /// Reads the body of `/v1/chat/completions` or `/v1/completions`. Fields that change nothing
    /// here, such as `user`, are left alone.
    ///
    /// - Throws: `Problem`.
    init(_ bytes: UnsafeRawBufferPointer, isChat: Bool, model: String) throws {
        let body = try RequestObject(parsing: bytes, maximumIdBytes: 256)
        self.isChat = isChat
        guard let name = try body.text("model") else {
            throw Problem.invalid("model", "is missing; expected '\(model)'")
        }
        guard name == model else {
            throw Problem(
                status: 404, title: "No such model",
                detail: "'\(name.prefix(64))' is not served here; expected '\(model)'", field: "model")
        }
        for field in Self.refused where body.isSet(field) {
            throw Problem.invalid(field, "is not computed here; leave it out")
        }
        prompts = try isChat ? [.conversation(Self.messages(body))] : Self.prompts(body)
        choices = try body.count("n", upTo: Self.mostChoices) ?? 1
        let echoes = try !isChat && body.flag("echo") ?? false
        scoresPrompts = echoes && body.value("logprobs") != nil
        if scoresPrompts {
            maximumTokens = Int(try body.number("max_tokens", in: 0...1) ?? 0)
        } else {
            let most = try body.count("max_completion_tokens", upTo: 1 << 20)
            maximumTokens = try most ?? body.count("max_tokens", upTo: 1 << 20) ?? (isChat ? nil : 16)
        }
        temperature = try body.number("temperature", in: 0...2) ?? 1
        topP = try body.number("top_p", in: 1e-6...1) ?? 1
        stops = try Self.stops(body)
        let seed = try body.number("seed", in: -0x1p62...0x1p62)
        self.seed = seed.map { UInt64(bitPattern: Int64($0)) } ?? .random(in: .min ... .max)
        streams = try body.flag("stream") ?? false
        includesUsage = try body.object("stream_options")?.flag("include_usage") ?? false
        let isOffered = scoresPrompts && choices == 1 && !streams
        for field in ["echo", "logprobs"] where body.isSet(field) && !isOffered {
            throw Problem.invalid(
                field,
                "is computed for prompts alone: at /v1/completions, with echo, logprobs and max_tokens 0 or "
                    + "1, without n and stream; leave it out")
        }
    }

    private static func messages(_ body: RequestObject) throws -> [ChatMessage] {
        let nodes = try body.list("messages", atMost: 1_000, setting: "messages of a request") ?? []
        guard !nodes.isEmpty else {
            throw Problem.invalid("messages", "is missing; expected a list of at least one message")
        }
        return try body.objects(nodes, "messages").enumerated().map { place, message in
            guard let name = try message.text("role"), let role = ChatMessage.Role(rawValue: name) else {
                throw Problem.invalid(
                    "messages[\(place)].role", "is missing or unknown; expected system, user or assistant")
            }
            return ChatMessage(role: role, content: try message.content(place))
        }
    }

    private static func prompts(_ body: RequestObject) throws -> [Prompt] {
        let wrong = Problem.invalid("prompt", "is missing; expected a text, or a list of texts or token ids")
        func ids(_ nodes: [JSONNode]) throws -> Prompt {
            .tokens(
                try nodes.map { node in
                    guard case .integer(let id) = node, let id = Int32(exactly: id), id >= 0 else {
                        throw wrong
                    }
                    return id
                })
        }
        guard let node = body.value("prompt") else { throw wrong }
        switch node {
        case .string(let text): return [.text(text)]
        case .array(let values):
            guard let first = values.first, values.count <= 1 << 20 else { throw wrong }
            if case .integer = first { return [try ids(values)] }
            return try values.map { value in
                switch value {
                case .string(let text): return .text(text)
                case .array(let nodes): return try ids(nodes)
                default: throw wrong
                }
            }
        default: throw wrong
        }
    }

    private static func stops(_ body: RequestObject) throws -> [String] {
        switch body.value("stop") {
        case nil: return []
        case .string(let text)?: return text.isEmpty ? [] : [text]
        case .array(let values)?:
            return try values.prefix(16).map { value in
                guard case .string(let text) = value, !text.isEmpty else {
                    throw Problem.invalid("stop", "has an entry that is no text; expected texts")
                }
                return text
            }
        default: throw Problem.invalid("stop", "is no text; expected a text or a list of texts")
        }
    }
}

extension RequestObject {
    /// Whether a field asks for something: neither null, false, 0 nor an empty list or object.
    fileprivate func isSet(_ name: String) -> Bool {
        switch value(name) {
        case nil, .bool(false)?, .integer(0)?, .real(0)?: false
        case .array(let values)?: !values.isEmpty
        case .object(let members)?: !members.isEmpty
        default: true
        }
    }

    /// The text of a message: a string, or parts of type text.
    fileprivate func content(_ place: Int) throws -> String {
        switch value("content") {
        case .string(let text)?: return text
        case .array(let parts)?:
            return try parts.map { part in
                guard case .string(let text)? = part["text"] else {
                    throw Problem.invalid(
                        "messages[\(place)].content", "has a part that is no text; expected texts alone")
                }
                return text
            }.joined()
        default:
            throw Problem.invalid("messages[\(place)].content", "is missing; expected a text")
        }
    }
}
