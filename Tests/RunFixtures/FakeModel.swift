import Foundation
public import Pipeline
public import TestSupport

/// What a deterministic model on a server writes: its text depends on the prompt and the seed alone.
public enum FakeModel {
    /// The reply that a well server gives.
    ///
    /// - Parameter hasChoices: whether it knows `n`.
    public static func reply(to request: LoopbackServer.Request, hasChoices: Bool = true)
        -> LoopbackServer.Reply
    {
        guard request.method == "POST", let body = body(of: request) else {
            return LoopbackServer.Reply(#"{"data": []}"#)
        }
        let count = hasChoices ? integer(body["n"]) ?? 1 : 1
        let isChat = request.path.hasSuffix("/chat/completions")
        let texts = (0..<count).map { text(body, place: $0) }
        let usage: JSONValue = ["prompt_tokens": 5, "completion_tokens": .integer(7 * count)]
        if body["stream"] == true { return stream(texts, isChat: isChat, usage) }
        let choices = texts.enumerated().map { choice($0, $1, isChat ? "message" : nil, ends: true) }
        return LoopbackServer.Reply(json(reply(choices, usage)))
    }

    /// The fields of a request; nil where it has none.
    public static func body(of request: LoopbackServer.Request) -> [String: JSONValue]? {
        try? JSONDecoder().decode([String: JSONValue].self, from: request.body)
    }

    private static func text(_ body: [String: JSONValue], place: Int) -> String {
        var own = body
        for name in ["stream", "stream_options", "n"] { own[name] = nil }
        let digest = (try? Fingerprint.of(JSONValue.object(own))) ?? ""
        return "<think>because \(digest.prefix(8))</think> turn \(place)"
    }

    private static func stream(_ texts: [String], isChat: Bool, _ usage: JSONValue) -> LoopbackServer.Reply {
        let message = isChat ? "delta" : nil
        let parts = texts.enumerated().flatMap { place, text in
            [
                choice(place, String(text.prefix(9)), message, ends: false),
                choice(place, String(text.dropFirst(9)), message, ends: false),
                choice(place, "", message, ends: true),
            ]
        }
        let events = parts.map { reply([$0], nil) } + [reply([], usage)]
        var answer = LoopbackServer.Reply(
            events.map { "data: \(json($0))\n\n" }.joined() + "data: [DONE]\n\n")
        answer.headers = ["Content-Type": "text/event-stream"]
        return answer
    }

    private static func reply(_ choices: [JSONValue], _ usage: JSONValue?) -> JSONValue {
        var fields: [String: JSONValue] = ["model": "fake", "choices": .array(choices)]
        fields["usage"] = usage
        return .object(fields)
    }

    /// - Parameter message: the field that holds the text of a chat; nil for a plain completion.
    private static func choice(_ place: Int, _ text: String, _ message: String?, ends: Bool) -> JSONValue {
        var fields: [String: JSONValue] = ["index": .integer(place)]
        if let message {
            fields[message] = ["role": "assistant", "content": .string(text)]
        } else {
            fields["text"] = .string(text)
        }
        if ends { fields["finish_reason"] = "stop" }
        return .object(fields)
    }

    private static func json(_ value: JSONValue) -> String {
        (try? JSONEncoder().encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func integer(_ value: JSONValue?) -> Int? {
        if case .integer(let number)? = value { number } else { nil }
    }
}
