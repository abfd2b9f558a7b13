/// What can be wrong with a vocabulary, a tokenizer file, or ids to decode.
public enum TokenizationError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadableFile(path: String, reason: String)
    /// The file is not JSON, or a key is missing or of another type.
    case malformedFile(path: String, key: String, reason: String)
    /// The file is sound, but describes a tokenizer of another kind.
    case unsupportedFile(path: String, key: String, found: String, expected: String)
    case unknownPreTokenizer(name: String, known: [String])
    case tokenTypeCount(types: Int, tokens: Int)
    case unknownTokenType(type: Int32, index: Int)
    case malformedMerge(index: Int, merge: String)
    case mergeOutsideVocabulary(index: Int, merge: String, missing: String)
    case idOutsideVocabulary(id: Int32, vocabularySize: Int)
    /// A vocabulary that cannot be written as a `tokenizer.json`.
    case repeatedToken(text: String, id: Int32)
    /// The model's own template text, or the name of one, is none of the known formats.
    case unknownChatTemplate(found: String, known: [String])

    /// What happened, what was expected, what to do.
    public var description: String {
        switch self {
        case .unreadableFile(let path, let reason):
            "Cannot read the tokenizer file \(path): \(reason). Check the path, or fetch the model again."
        case .malformedFile(let path, let key, let reason):
            "\(path) is damaged or no tokenizer.json at \(key): \(reason). Fetch the model again."
        case .unsupportedFile(let path, let key, let found, let expected):
            "\(path) has \(key) = \(found), expected \(expected). This tokenizer kind is not supported here."
        case .unknownPreTokenizer(let name, let known):
            "Unknown pre-tokenizer '\(name)'. Known: \(known.joined(separator: ", "))."
        case .tokenTypeCount(let types, let tokens):
            "\(types) token types for \(tokens) tokens, expected one each. The model file is damaged."
        case .unknownTokenType(let type, let index):
            "Token \(index) has type \(type), expected 1 to 6 (see TokenType). The model file is damaged."
        case .malformedMerge(let index, let merge):
            "Merge \(index) is '\(merge)', expected two tokens with one space between. "
                + "The model file is damaged."
        case .mergeOutsideVocabulary(let index, let merge, let missing):
            "Merge \(index), '\(merge)', needs '\(missing)', which the vocabulary lacks. "
                + "Vocabulary and merges must come from one model."
        case .idOutsideVocabulary(let id, let vocabularySize):
            "Token id \(id) is outside the vocabulary of \(vocabularySize). "
                + "Decode with the tokenizer of the model that produced the ids."
        case .repeatedToken(let text, let id):
            "Token \(id), '\(text)', has the text of an earlier token, which a tokenizer.json cannot hold. "
                + "The model file is damaged."
        case .unknownChatTemplate(let found, let known):
            "Unknown chat template \(found). Name the format that the model was trained with: "
                + known.map { "template: \($0)" }.joined(separator: ", ") + "."
        }
    }
}
