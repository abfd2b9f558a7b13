import Foundation

/// What clients of OpenAI's interface are answered.
struct TextReplies: Sendable {
    let model: String
    let isChat: Bool
    /// Names the answer.
    let id: String
    /// Seconds since 1970.
    let created: Int64

    /// - Parameter number: differs from answer to answer.
    init(model: String, isChat: Bool, number: Int) {
        self.model = model
        self.isChat = isChat
        id = (isChat ? "chatcmpl-" : "cmpl-") + "\(number)"
        created = Int64(Date().timeIntervalSince1970)
    }

    /// How many tokens there were.
    struct Usage: Sendable {
        var prompt = 0
        var completion = 0

        var json: JSON {
            [
                "prompt_tokens": .integer(Int64(prompt)), "completion_tokens": .integer(Int64(completion)),
                "total_tokens": .integer(Int64(prompt + completion)),
            ]
        }
    }

    /// A whole completion.
    struct Choice: Sendable {
        var text = ""
        var isTruncated = false
        var logProbabilities = JSON.null
    }

    /// The whole answer.
    func whole(_ choices: [Choice], _ usage: Usage) -> JSON {
        let written = choices.enumerated().map { place, choice -> JSON in
            let content: (String, JSON) =
                isChat
                ? ("message", ["role": "assistant", "content": .string(choice.text)])
                : ("text", .string(choice.text))
            return .object([
                ("index", .integer(Int64(place))), content, ("logprobs", choice.logProbabilities),
                ("finish_reason", Self.reason(choice.isTruncated)),
            ])
        }
        return object(isChat ? "chat.completion" : "text_completion", .array(written), usage)
    }

    /// A part of a streamed answer: the first one of a choice of a chat names the role.
    func part(_ text: String, choice: Int, isFirst: Bool) -> JSON {
        var delta: [(String, JSON)] = isFirst ? [("role", "assistant")] : []
        delta.append(("content", .string(text)))
        return event(choice, isChat ? ("delta", .object(delta)) : ("text", .string(text)), .null)
    }

    /// The end of a choice.
    func end(choice: Int, isTruncated: Bool) -> JSON {
        event(choice, isChat ? ("delta", .object([])) : ("text", ""), Self.reason(isTruncated))
    }

    /// The last event, where it is asked for.
    func usage(_ usage: Usage) -> JSON {
        object(isChat ? "chat.completion.chunk" : "text_completion", .array([]), usage)
    }

    /// Why there is no answer.
    static func error(_ problem: Problem) -> JSON {
        let kind =
            switch problem.status {
            case 401: "authentication_error"
            case 404: "not_found_error"
            case 429: "rate_limit_error"
            case 500...: "server_error"
            default: "invalid_request_error"
            }
        let message = problem.field.map { "'\($0)' \(problem.detail)" } ?? problem.detail
        return [
            "error": [
                "message": .string(message), "type": .string(kind), "param": JSON(problem.field),
                "code": .null,
            ]
        ]
    }

    private func event(_ choice: Int, _ content: (String, JSON), _ reason: JSON) -> JSON {
        object(
            isChat ? "chat.completion.chunk" : "text_completion",
            .array([
                .object([
                    ("index", .integer(Int64(choice))), content, ("logprobs", .null),
                    ("finish_reason", reason),
                ])
            ]), nil)
    }

    private func object(_ kind: String, _ choices: JSON, _ usage: Usage?) -> JSON {
        var members: [(String, JSON)] = [
            ("id", .string(id)), ("object", .string(kind)), ("created", .integer(created)),
            ("model", .string(model)), ("choices", choices),
        ]
        if let usage { members.append(("usage", usage.json)) }
        return .object(members)
    }

    private static func reason(_ isTruncated: Bool) -> JSON { isTruncated ? "length" : "stop" }
}
