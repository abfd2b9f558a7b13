extension ChatTemplate {
    func renderChatML(_ messages: [ChatMessage], addsGenerationPrompt: Bool) -> String {
        var text = ""
        if let defaultSystemMessage, let first = messages.first, first.role != .system {
            text += Self.turn(.system, defaultSystemMessage)
        }
        // The last turn of the user that is not a tool's answer; if there is none, the last of all.
        let lastQuestion =
            messages.lastIndex { message in
                message.role == .user
                    && !(message.content.utf8.starts(with: "<tool_response>".utf8)
                        && message.content.utf8.reversed().starts(with: "</tool_response>".utf8.reversed()))
            } ?? messages.count - 1
        for (index, message) in messages.enumerated() {
            let isLast = index == messages.count - 1
            var content = message.content
            switch reasoning {
            case .dropsEarlier where message.role == .assistant && !isLast:
                content = content.afterReasoning.trimmingPrefix("\n")
            case .dropsAnswered where message.role == .assistant:
                content = qwen3Answer(content, isAnswered: index <= lastQuestion, isLast: isLast)
            default: break
            }
            text += Self.turn(message.role, content)
        }
        if addsGenerationPrompt { text += "<|im_start|>assistant\n" + opening }
        return text
    }

    private static func turn(_ role: ChatMessage.Role, _ content: String) -> String {
        "<|im_start|>\(role.rawValue)\n\(content)<|im_end|>\n"
    }

    private func qwen3Answer(_ content: String, isAnswered: Bool, isLast: Bool) -> String {
        var answer = content
        var thought = ""
        if let end = content.utf8.firstRange(of: "</think>") {
            answer = content.afterReasoning.trimmingPrefix("\n")
            var before = String(content[..<end.lowerBound]).trimmingSuffix("\n")
            if let begin = before.utf8.lastRange(of: "<think>") {
                before = String(before[begin.upperBound...])
            }
            thought = before.trimmingPrefix("\n").trimmingSuffix("\n")
        }
        if isAnswered || !(isLast || !thought.isEmpty) { return answer }
        return "<think>\n\(thought)\n</think>\n\n" + answer.trimmingPrefix("\n")
    }

    func renderDeepSeek(_ messages: [ChatMessage], addsGenerationPrompt: Bool) -> String {
        let systems = messages.filter { $0.role == .system }.map(\.content)
        let system = joinsSystemMessages ? systems.joined(separator: "\n\n") : systems.last ?? ""
        var text = "<｜begin▁of▁sentence｜>" + system
        for message in messages {
            switch message.role {
            case .system: break
            case .user: text += "<｜User｜>" + message.content
            case .assistant:
                text += "<｜Assistant｜>" + message.content.afterReasoning + "<｜end▁of▁sentence｜>"
            }
        }
        if addsGenerationPrompt { text += "<｜Assistant｜>" + opening }
        return text
    }

    func renderLlama3(_ messages: [ChatMessage], addsGenerationPrompt: Bool) -> String {
        func header(_ role: ChatMessage.Role) -> String {
            "<|start_header_id|>\(role.rawValue)<|end_header_id|>\n\n"
        }
        var text = "<|begin_of_text|>"
        var messages = messages[...]
        if let date {
            text += header(.system) + "Cutting Knowledge Date: December 2023\nToday Date: \(date)\n\n"
            if let first = messages.first, first.role == .system {
                text += first.content.trimmingWhitespace
                messages = messages.dropFirst()
            }
            text += "<|eot_id|>"
        }
        for message in messages {
            text += header(message.role) + message.content.trimmingWhitespace + "<|eot_id|>"
        }
        if addsGenerationPrompt { text += header(.assistant) }
        return text
    }
}

// By scalars or bytes, as Python does: a Character may be a line break with the mark that follows it.
extension String {
    /// What follows the last `</think>`; all if there is none.
    fileprivate var afterReasoning: String {
        utf8.lastRange(of: "</think>").map { String(self[$0.upperBound...]) } ?? self
    }

    fileprivate func trimmingPrefix(_ scalar: Unicode.Scalar) -> String {
        String(unicodeScalars.drop { $0 == scalar })
    }

    fileprivate func trimmingSuffix(_ scalar: Unicode.Scalar) -> String {
        var rest = unicodeScalars[...]
        while rest.last == scalar { rest.removeLast() }
        return String(rest)
    }

    /// Python's `strip()`, which takes U+001C to U+001F for whitespace as well.
    fileprivate var trimmingWhitespace: String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }
        var rest = unicodeScalars.drop(while: isSpace)
        while let last = rest.last, isSpace(last) { rest.removeLast() }
        return String(rest)
    }
}

extension String.UTF8View {
    fileprivate func firstRange(of text: String) -> Range<Index>? {
        indices.lazy.compactMap { range(of: text, at: $0) }.first
    }

    fileprivate func lastRange(of text: String) -> Range<Index>? {
        indices.reversed().lazy.compactMap { range(of: text, at: $0) }.first
    }

    private func range(of text: String, at start: Index) -> Range<Index>? {
        guard self[start...].starts(with: text.utf8) else { return nil }
        return start..<index(start, offsetBy: text.utf8.count)
    }
}
