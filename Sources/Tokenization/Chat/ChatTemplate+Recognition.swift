import Foundation

extension ChatTemplate {
    /// The format of a model's own Jinja template, told by the expressions that distinguish it.
    ///
    /// - Parameter templateText: GGUF's `tokenizer.chat_template`, or the `chat_template` of
    ///   `tokenizer_config.json`.
    /// - Throws: `TokenizationError.unknownChatTemplate` when it is, or may be, none that is known here: to
    ///   guess would change what the model reads.
    public init(recognizing templateText: String) throws {
        let marks = Marks(templateText)
        guard marks.has("add_generation_prompt"),
            var known = Self.deepSeek(marks) ?? Self.llama3(marks) ?? Self.chatML(marks, templateText)
        else { throw Self.unknown("beginning '\(templateText.prefix(60))'") }
        if marks.has("notenable_thinking") {
            // Thinks only when told to, and nobody tells it.
            guard marks.has("{%ifnotenable_thinking%}{{'</think>'}}{%endif%}") else {
                throw Self.unknown("beginning '\(templateText.prefix(60))'")
            }
            known.opening += "</think>"
        }
        self = known
        sourceText = templateText
    }

    /// A template's text without what may differ between spellings of one template: whitespace, the kind of
    /// quotes, `x['y']` for `x.y`, `'a' + 'b'` for `'ab'`.
    private struct Marks {
        private let text: String

        init(_ template: String) {
            var text = Self.withoutSpace(template.replacingOccurrences(of: "\\n", with: "⏎"))
            for (spelling, common) in [
                ("\"", "'"), ("{%-", "{%"), ("-%}", "%}"), ("{{-", "{{"), ("-}}", "}}"),
                ("['role']", ".role"),
                ("['content']", ".content"), ("'+'", ""),
            ] {
                text = text.replacingOccurrences(of: spelling, with: common)
            }
            self.text = text
        }

        /// A line break inside quotes inside braces is kept, as `⏎`.
        private static func withoutSpace(_ template: String) -> String {
            var text = String.UnicodeScalarView()
            var quote: Unicode.Scalar?
            var isCode = false
            var previous: Unicode.Scalar = " "
            for scalar in template.unicodeScalars {
                if previous == "{", scalar == "{" || scalar == "%" { isCode = true }
                if quote == nil, scalar == "}", previous == "}" || previous == "%" { isCode = false }
                if isCode, scalar == "'" || scalar == "\"", quote == nil || quote == scalar {
                    quote = quote == nil ? scalar : nil
                }
                previous = scalar
                if scalar == "\n", quote != nil { text.append("⏎") }
                if ![" ", "\n", "\t", "\r"].contains(scalar) { text.append(scalar) }
            }
            return String(text)
        }

        func has(_ mark: String) -> Bool { text.contains(mark) }
    }

    private static func deepSeek(_ marks: Marks) -> ChatTemplate? {
        guard marks.has("{{'<｜User｜>'+message.content}}"), marks.has("content.split('</think>')[-1]"),
            marks.has("{{'<｜Assistant｜>'+content+'<｜end▁of▁sentence｜>'}}"), marks.has("{{bos_token}}")
        else { return nil }
        var template = deepSeekR1
        if marks.has("{{'<｜Assistant｜><think>⏎'}}") {
            template.opening = "<think>\n"
        } else if marks.has("{{'<｜Assistant｜>'}}") {
            template.opening = ""
        } else {
            return nil
        }
        template.joinsSystemMessages = marks.has("is_first_sp")
        return template
    }

    private static func llama3(_ marks: Marks) -> ChatTemplate? {
        guard
            marks.has(
                "'<|start_header_id|>'+message.role+'<|end_header_id|>⏎⏎'+message.content|trim+'<|eot_id|>'"),
            marks.has("'<|start_header_id|>assistant<|end_header_id|>⏎⏎'"), marks.has("bos_token")
        else { return nil }
        var template = ChatTemplate.llama3
        if marks.has("TodayDate") {
            guard marks.has("CuttingKnowledgeDate:December2023⏎"), marks.has("date_string='26Jul2024'") else {
                return nil
            }
            template.date = "26 Jul 2024"
        }
        return template
    }

    private static func chatML(_ marks: Marks, _ text: String) -> ChatTemplate? {
        guard marks.has("'<|im_start|>'+message.role+'⏎'+message.content+'<|im_end|>⏎'"), !marks.has("trim")
        else { return nil }
        var template = ChatTemplate(marks.has("iftools") ? .qwen : .chatML)
        template.defaultSystemMessage = defaultSystemMessage(of: text)
        if marks.has("<|im_start|>assistant⏎<think>⏎'") { template.opening = "<think>\n" }
        if marks.has("last_query_index") {
            guard marks.has("loop.lastor(notloop.lastandreasoning_content)") else { return nil }
            template.reasoning = .dropsAnswered
        } else if marks.has("</think>") {
            guard marks.has("ifnotloop.last%}{%setcontent=message.content.split('</think>')[-1].lstrip('⏎')")
            else { return nil }
            template.reasoning = .dropsEarlier
        }
        return template
    }

    /// What a ChatML template writes between `<|im_start|>system` and `<|im_end|>` when it is fixed text.
    private static func defaultSystemMessage(of template: String) -> String? {
        for begin in ["<|im_start|>system\\n", "<|im_start|>system\n"] {
            for part in template.components(separatedBy: begin).dropFirst() {
                guard let end = part.range(of: "<|im_end|>") else { continue }
                let message = String(part[..<end.lowerBound])
                if !message.contains(where: { "'\"{}".contains($0) }) {
                    return message.replacingOccurrences(of: "\\n", with: "\n")
                }
            }
        }
        return nil
    }
}
