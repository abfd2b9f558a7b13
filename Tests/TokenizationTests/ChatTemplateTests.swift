import Foundation
import Testing

@testable import Tokenization

@Suite struct ChatTemplateTests {
    private struct ChatCase: Decodable {
        var messages: [ChatMessage]
        var addsGenerationPrompt: Bool
        var rendered: String
    }

    @Test("ChatML conversations render as the model's own template does")
    func chatMLMatchesTheModelsTemplate() throws {
        let cases = try TokenizerFiles.golden("chatml.json", as: ChatCase.self)
        #expect(cases.count >= 12)
        for expected in cases {
            let rendered = ChatTemplate.chatML.render(
                expected.messages, addsGenerationPrompt: expected.addsGenerationPrompt)
            #expect(rendered == expected.rendered)
        }
    }

    @Test("the caller sets the default system message") func callerSetsTheSystemMessage() {
        let user = ChatMessage(role: .user, content: "Hi")
        #expect(
            ChatTemplate(defaultSystemMessage: nil).render([user])
                == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")
        #expect(
            ChatTemplate(defaultSystemMessage: "Be kind.").render([user], addsGenerationPrompt: false)
                == "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n")
    }

    private struct GoldenChat: Decodable {
        var template: String
        var messages: [ChatMessage]
        var addsGenerationPrompt: Bool
        var rendered: String
    }

    private static let templates: [String: ChatTemplate] = {
        var llama31 = ChatTemplate.llama3
        llama31.date = "26 Jul 2024"
        return [
            "qwen25": .qwen25, "qwq": .qwq, "qwen3": .qwen3, "deepseek-r1": .deepSeekR1, "llama3": .llama3,
            "llama31": llama31,
        ]
    }()

    @Test("Qwen, DeepSeek-R1 and Llama 3 conversations render as their own templates do")
    func otherFormatsRenderAsTheirOwnTemplatesDo() throws {
        let cases = try TokenizerFiles.golden("chats.json", as: GoldenChat.self)
        #expect(Set(cases.map(\.template)) == Set(Self.templates.keys))
        #expect(cases.count >= 120)
        for expected in cases {
            let template = try #require(Self.templates[expected.template])
            let rendered = template.render(
                expected.messages, addsGenerationPrompt: expected.addsGenerationPrompt)
            #expect(
                scalars(rendered) == scalars(expected.rendered), "\(expected.template): \(expected.messages)")
        }
    }

    /// What distinguishes each template, in the spelling of its model's file.
    private static let excerpts: [(text: String, name: String)] = [
        (
            """
            {%- if tools %}{%- endif %}{{- '<|im_start|>system\\nBe Q.<|im_end|>\\n' }}
            {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
            {%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}
            """, "qwen25"
        ),
        (
            """
            {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}{%- if tools %}
            {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
            {%- if not loop.last %}
                {%- set content = message.content.split('</think>')[-1].lstrip('\\n') %}
            {%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n<think>\\n' }}{%- endif %}
            """, "qwq"
        ),
        (
            """
            {%- if tools %}{%- set ns = namespace(last_query_index=messages|length - 1) %}
            {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
            {%- if loop.last or (not loop.last and reasoning_content) %}
            {%- set content = message.content.split('</think>')[-1].lstrip('\\n') %}
            {%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}
            """, "qwen3"
        ),
        (
            """
            {{bos_token}}{{ns.system_prompt}}{{'<｜User｜>' + message['content']}}
            {% set content = content.split('</think>')[-1] %}{{'<｜Assistant｜>' + content + \
            '<｜end▁of▁sentence｜>'}}
            {% if add_generation_prompt and not ns.is_tool %}{{'<｜Assistant｜><think>\\n'}}{% endif %}
            """, "deepseek-r1"
        ),
        (
            """
            {{ bos_token }}{{ '<|start_header_id|>' + message['role'] + '<|end_header_id|>

            '+ message['content'] | trim + '<|eot_id|>' }}
            {% if add_generation_prompt %}{{ '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{% \
            endif %}
            """, "llama3"
        ),
        (
            """
            {{- bos_token }}{%- set date_string = "26 Jul 2024" %}{{- "Cutting Knowledge Date: December \
            2023\\n" }}
            {{- "Today Date: " + date_string + "\\n\\n" }}
            {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | \
            trim + '<|eot_id|>' }}
            {%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}{%- \
            endif %}
            """, "llama31"
        ),
    ]

    @Test("A template is recognized by its distinctive text")
    func templatesAreRecognized() throws {
        for excerpt in Self.excerpts {
            let found = try ChatTemplate(recognizing: excerpt.text)
            #expect(found.sourceText == excerpt.text)
            var expected = try #require(Self.templates[excerpt.name])
            expected.sourceText = excerpt.text
            if excerpt.name == "qwen25" { expected.defaultSystemMessage = "Be Q." }
            #expect(found == expected, "\(excerpt.name)")
        }
        let metadata = try TokenizerFiles.smolLM2Metadata.get()
        var smollm2 = try ChatTemplate(
            recognizing: #require(metadata.strings["tokenizer.chat_template"]?.first))
        smollm2.sourceText = nil
        #expect(smollm2 == .chatML)
    }

    @Test("An ambiguous template is refused, with the ways to name one")
    func anUnknownTemplateIsRefused() throws {
        var texts = ["", "{{ messages }}", "{% if add_generation_prompt %}{% endif %}"]
        // Each excerpt without its generation prompt, or with other words between the tokens.
        texts += Self.excerpts.map { $0.text.replacingOccurrences(of: "add_generation_prompt", with: "x") }
        texts += Self.excerpts.map { $0.text.replacingOccurrences(of: "content", with: "text") }
        for text in texts {
            do {
                _ = try ChatTemplate(recognizing: text)
                Issue.record("recognized \(text)")
            } catch let error as TokenizationError {
                for format in ChatTemplate.Format.allCases {
                    #expect(error.description.contains("template: \(format.rawValue)"))
                }
            }
        }
        #expect(try ChatTemplate(named: "deepseek-r1") == .deepSeekR1)
        #expect(try ChatTemplate(named: "llama3").render([]).hasPrefix("<|begin_of_text|>"))
        #expect(throws: TokenizationError.self) { try ChatTemplate(named: "gpt") }
    }
}
