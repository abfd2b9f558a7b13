import Foundation
import Pipeline

/// An answer that was sent as server-sent events, part by part.
struct EventStream {
    private var events: [Substring] = []
    private let text: String

    /// Whether a reply is one, asked for or not.
    static func isOne(_ start: some StringProtocol) -> Bool {
        ["data:", "event:", "id:", "retry:", ":"].contains { start.hasPrefix($0) }
    }

    /// Other line breaks of Unicode may stand inside of a line. A carriage return with a line feed is one
    /// character.
    private static func endsLine(_ character: Character) -> Bool {
        character == "\n" || character == "\r\n" || character == "\r"
    }

    /// - Parameter text: the whole reply.
    init(_ text: String) {
        self.text = text
        var data: [Substring] = []
        // An event ends with an empty line; its data may lie on several.
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: Self.endsLine) {
            if line.isEmpty {
                if !data.isEmpty { events.append(Substring(data.joined(separator: "\n"))) }
                data = []
            } else if line.hasPrefix("data:") {
                data.append(line.dropFirst(5).drop { $0 == " " })
            }
        }
        if !data.isEmpty { events.append(Substring(data.joined(separator: "\n"))) }
    }

    /// The answer that the parts make.
    ///
    /// - Throws: `AnswerFault` for a part that is none, and for a stream without an end.
    func answer(from endpoint: EndpointConfiguration) throws -> ServerAnswer {
        var drafts: [Int: Draft] = [:]
        var usage: Reply.Usage?
        var isEnded = false
        for event in events {
            if event == "[DONE]" {
                isEnded = true
                break
            }
            guard let reply = try? JSONDecoder().decode(Reply.self, from: Data(event.utf8)) else {
                throw AnswerFault(
                    kind: .cutOff, what: "sent an event that is cut off or no JSON", body: String(event))
            }
            try reply.check(endpoint, body: String(event))
            usage = reply.usage ?? usage
            for choice in reply.choices ?? [] { drafts[choice.index ?? 0, default: Draft()].add(choice) }
        }
        guard isEnded || (!drafts.isEmpty && drafts.values.allSatisfy { $0.finish != nil }) else {
            throw AnswerFault(kind: .cutOff, what: "ended a stream before its answer was whole", body: text)
        }
        guard !drafts.isEmpty else {
            throw AnswerFault(kind: .empty, what: "answered without a choice", body: text)
        }
        return ServerAnswer(
            choices: try drafts.keys.sorted().compactMap { try drafts[$0]?.choice(body: text) },
            promptTokens: usage?.prompt_tokens ?? 0, completionTokens: usage?.completion_tokens ?? 0)
    }

    private struct Draft {
        var reasoning = ""
        var content = ""
        var finish: String?

        mutating func add(_ choice: Reply.Choice) {
            let part = choice.delta ?? choice.message
            reasoning += part?.reasoning ?? ""
            content += part?.content.text ?? choice.text ?? ""
            finish = choice.finish_reason ?? finish
        }

        func choice(body: String) throws -> ServerAnswer.Choice {
            if finish == "content_filter" {
                throw AnswerFault(
                    kind: .refused, what: "withheld an answer (content_filter)", body: body)
            }
            return ServerAnswer.Choice(
                parts: ReasoningParts(field: reasoning, content: content), isTruncated: finish == "length")
        }
    }
}
