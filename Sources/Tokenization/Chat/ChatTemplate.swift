/// How a conversation becomes the text of a prompt, as the models' own templates write it.
///
/// Content is written as it is: a special token inside it will be recognized by `Tokenizer.encode`. The text
/// holds the token that begins it (`<|begin_of_text|>`), if the model has one; nothing is to be added to it.
public struct ChatTemplate: Sendable, Equatable {
    /// The formats by the names of the option `--template`.
    public enum Format: String, CaseIterable, Sendable {
        /// `<|im_start|>ROLE⏎CONTENT<|im_end|>⏎`: SmolLM2.
        case chatML = "chatml"
        /// ChatML where a turn's reasoning may be left out: Qwen2.5, QwQ, Qwen3.
        case qwen
        /// `<｜User｜>CONTENT<｜Assistant｜>CONTENT<｜end▁of▁sentence｜>`
        case deepSeekR1 = "deepseek-r1"
        /// `<|start_header_id|>ROLE<|end_header_id|>⏎⏎CONTENT<|eot_id|>`
        case llama3
    }

    /// Which reasoning (`<think>…</think>`) of the assistant's turns is left out.
    enum Reasoning: Sendable, Equatable {
        case keepsAll
        /// QwQ: that of all turns but the conversation's last.
        case dropsEarlier
        /// Qwen3: that of the turns before the last question; the last turn gets an empty one if it has none.
        case dropsAnswered
        /// DeepSeek-R1.
        case dropsAll
    }

    /// The format.
    public let format: Format
    /// Written first when the first message is not the system's. SmolLM2's and Qwen2.5's own templates do so.
    public var defaultSystemMessage: String?
    /// What the assistant's turn begins with when it is asked for: `<think>⏎` for QwQ and DeepSeek-R1.
    public var opening = ""
    /// The date that Llama 3.1 and later are told; nil leaves out the lines with the dates (Llama 3).
    public var date: String?
    /// The model's own Jinja text, if the format was recognized from one.
    public internal(set) var sourceText: String?
    var reasoning = Reasoning.keepsAll
    /// DeepSeek-R1: whether several system messages are all kept, not only the last.
    var joinsSystemMessages = false

    init(_ format: Format, defaultSystemMessage: String? = nil) {
        self.format = format
        self.defaultSystemMessage = defaultSystemMessage
    }

    /// ChatML with another default system message, or none.
    public init(defaultSystemMessage: String?) {
        self.init(.chatML, defaultSystemMessage: defaultSystemMessage)
    }

    /// SmolLM2's own template, `tokenizer.chat_template` of its GGUF file.
    public static let chatML = ChatTemplate(
        defaultSystemMessage: "You are a helpful AI assistant named SmolLM, trained by Hugging Face")

    /// Qwen2.5's own template.
    public static let qwen25 = ChatTemplate(
        .qwen,
        defaultSystemMessage: "You are Qwen, created by Alibaba Cloud. You are a helpful assistant.")

    /// QwQ's own template.
    public static let qwq: ChatTemplate = {
        var template = ChatTemplate(.qwen)
        template.reasoning = .dropsEarlier
        template.opening = "<think>\n"
        return template
    }()

    /// Qwen3's own template, thinking.
    public static let qwen3: ChatTemplate = {
        var template = ChatTemplate(.qwen)
        template.reasoning = .dropsAnswered
        return template
    }()

    /// The template of DeepSeek-R1 and the models distilled from it.
    public static let deepSeekR1: ChatTemplate = {
        var template = ChatTemplate(.deepSeekR1)
        template.reasoning = .dropsAll
        template.opening = "<think>\n"
        return template
    }()

    /// Llama 3's own template, without the dates that later versions add.
    public static let llama3 = ChatTemplate(.llama3)

    /// The template of a format by its name: `chatml` is SmolLM2's, `qwen` Qwen3's.
    ///
    /// - Throws: `TokenizationError.unknownChatTemplate`.
    public init(named name: String) throws {
        switch Format(rawValue: name) {
        case .chatML: self = .chatML
        case .qwen: self = .qwen3
        case .deepSeekR1: self = .deepSeekR1
        case .llama3: self = .llama3
        case nil: throw Self.unknown("'\(name)'")
        }
    }

    static func unknown(_ found: String) -> TokenizationError {
        .unknownChatTemplate(found: found, known: Format.allCases.map(\.rawValue))
    }

    /// The conversation as the text of a prompt.
    ///
    /// - Parameter addsGenerationPrompt: whether the text ends where the assistant's next turn begins.
    public func render(_ messages: [ChatMessage], addsGenerationPrompt: Bool = true) -> String {
        switch format {
        case .chatML, .qwen: renderChatML(messages, addsGenerationPrompt: addsGenerationPrompt)
        case .deepSeekR1: renderDeepSeek(messages, addsGenerationPrompt: addsGenerationPrompt)
        case .llama3: renderLlama3(messages, addsGenerationPrompt: addsGenerationPrompt)
        }
    }
}
