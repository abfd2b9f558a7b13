/// One turn of a conversation.
public struct ChatMessage: Codable, Sendable, Equatable {
    /// Who speaks.
    public enum Role: String, Codable, Sendable {
        case system, user, assistant
    }

    /// Who speaks.
    public var role: Role
    /// What is said, written into the prompt as it is.
    public var content: String

    /// A turn of `role`.
    public init(role: Role, content: String) {
        self.role = role
        self.content = content
    }
}

/// ChatML, the prompt format of SmolLM2 and Qwen:
///
///     <|im_start|>ROLE
///     CONTENT<|im_end|>
///
/// Content is written as it is: a special token inside it will be recognized by `Tokenizer.encode`.
public struct ChatTemplate: Sendable, Equatable {
    /// Written first when the first message is not the system's. SmolLM2's and Qwen2's own templates do so.
    public var defaultSystemMessage: String?

    /// ChatML with another default system message, or none.
    public init(defaultSystemMessage: String?) {
        self.defaultSystemMessage = defaultSystemMessage
    }

    /// SmolLM2's own template, `tokenizer.chat_template` of its GGUF file.
    public static let chatML = ChatTemplate(
        defaultSystemMessage: "You are a helpful AI assistant named SmolLM, trained by Hugging Face")

    /// The conversation as the text of a prompt.
    ///
    /// - Parameter addsGenerationPrompt: whether the text ends where the assistant's next turn begins.
    public func render(_ messages: [ChatMessage], addsGenerationPrompt: Bool = true) -> String {
        var text = ""
        if let defaultSystemMessage, let first = messages.first, first.role != .system {
            text += Self.turn(ChatMessage(role: .system, content: defaultSystemMessage))
        }
        for message in messages { text += Self.turn(message) }
        if addsGenerationPrompt { text += "<|im_start|>assistant\n" }
        return text
    }

    private static func turn(_ message: ChatMessage) -> String {
        "<|im_start|>\(message.role.rawValue)\n\(message.content)<|im_end|>\n"
    }
}
