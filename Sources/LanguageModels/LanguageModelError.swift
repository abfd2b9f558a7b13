/// What a model file, a prompt or a generation got wrong.
public enum LanguageModelError: Error, Sendable, CustomStringConvertible, Equatable {
    /// A model file is missing, cut short, of another kind, or holds something unknown.
    case file(path: String, message: String)
    /// A configuration asks for something that the model does not have.
    case configuration(String)
    /// A token sequence does not fit the model.
    case tokens(String)

    static func noTemplate(modelHasOne: Bool) -> LanguageModelError {
        .configuration(
            (modelHasOne
                ? "the model's chat template is not one that is known" : "the model brings no chat template")
                + "; name one: --set template=chatml, qwen, deepseek-r1 or llama3")
    }

    /// The message for a user: what happened, what was expected, what to do.
    public var description: String {
        switch self {
        case .file(let path, let message): "\(path): \(message)"
        case .configuration(let message), .tokens(let message): message
        }
    }
}
