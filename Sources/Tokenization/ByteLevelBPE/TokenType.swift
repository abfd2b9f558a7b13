/// The kind of a token, numbered as GGUF's `tokenizer.ggml.token_type`.
public enum TokenType: Int32, Sendable {
    case normal = 1
    case unknown = 2
    /// `<|im_end|>` and its like: special tokens, which steer the model and are not text.
    case control = 3
    /// Added by a model's makers as ordinary text that must not be split.
    case userDefined = 4
    case unused = 5
    case byte = 6
}
