import Testing
import Tokenization

@Suite struct ChatTemplateTests {
    private struct ChatCase: Decodable {
        var messages: [ChatMessage]
        var addsGenerationPrompt: Bool
        var rendered: String
    }

    @Test func rendersAsTheModelsOwnTemplateDoes() throws {
        let cases = try TokenizerFiles.golden("chatml.json", as: ChatCase.self)
        #expect(cases.count >= 12)
        for expected in cases {
            let rendered = ChatTemplate.chatML.render(
                expected.messages, addsGenerationPrompt: expected.addsGenerationPrompt)
            #expect(rendered == expected.rendered)
        }
    }

    @Test func theDefaultSystemMessageIsTheCallers() {
        let user = ChatMessage(role: .user, content: "Hi")
        #expect(
            ChatTemplate(defaultSystemMessage: nil).render([user])
                == "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")
        #expect(
            ChatTemplate(defaultSystemMessage: "Be kind.").render([user], addsGenerationPrompt: false)
                == "<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n")
    }
}
