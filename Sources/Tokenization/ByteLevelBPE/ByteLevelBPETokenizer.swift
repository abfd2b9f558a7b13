import Synchronization

/// Byte-level byte-pair encoding: the tokenizer of GPT-2, SmolLM, Llama 3 and Qwen.
///
/// Text is cut at special tokens, then into words (`PreTokenizer`); each word's bytes merge, pair by pair,
/// in the order of the merges. A byte for which the vocabulary has no token is dropped, as the reference
/// implementations do: see `bytesWithoutToken`.
public final class ByteLevelBPETokenizer: Tokenizer {
    /// V, the special tokens included.
    public let vocabularySize: Int
    /// How text is cut into words.
    public let preTokenizer: PreTokenizer
    /// The control tokens by their text.
    public let specialTokens: [String: Int32]
    /// The bytes that `encode` cannot represent and drops. SmolLM2 lacks six control characters, four lead
    /// bytes of unassigned planes, and bytes that UTF-8 never uses.
    public let bytesWithoutToken: [UInt8]

    let merges: MergeTable
    let index: ByteStringIndex  // by the vocabulary's own text
    let wholeWords: ByteStringIndex?  // by decoded bytes, for pre-tokenizers that take whole tokens
    let idOfByte: [Int32]  // [256], −1: none
    let isSpecial: [Bool]  // [V]
    let unsplitTokens: SpecialTokens  // control and user-defined
    let userDefinedTokens: SpecialTokens
    private let tokenBytes: [UInt8]  // of all tokens, one after another
    private let tokenStarts: [Int]  // [V + 1]
    let workspaces = Mutex<[WordEncoder.Workspace]>([])

    /// Builds a tokenizer from what a model file holds.
    ///
    /// - Parameters:
    ///   - tokens: the vocabulary in id order, in the byte-level alphabet (`Ġthe`); special tokens as their
    ///     text.
    ///   - merges: pairs of tokens with a space between (`Ġ t`), the first merged first.
    ///   - tokenTypes: GGUF's numbers (`TokenType`), one a token.
    ///   - preTokenizer: how text is cut into words.
    /// - Throws: `TokenizationError` if the arrays do not fit each other.
    public init(tokens: [String], merges: [String], tokenTypes: [Int32], preTokenizer: PreTokenizer) throws {
        guard tokens.count == tokenTypes.count else {
            throw TokenizationError.tokenTypeCount(types: tokenTypes.count, tokens: tokens.count)
        }
        let types = try tokenTypes.enumerated().map { index, type in
            guard let known = TokenType(rawValue: type) else {
                throw TokenizationError.unknownTokenType(type: type, index: index)
            }
            return known
        }
        var index = ByteStringIndex(capacity: tokens.count)
        var bytes: [UInt8] = []
        var starts = [0]
        var wholeWords = preTokenizer.takesWholeTokens ? ByteStringIndex(capacity: tokens.count) : nil
        for (id, token) in tokens.enumerated() {
            let isText = types[id] == .control || types[id] == .userDefined
            let decoded = isText ? Array(token.utf8) : ByteLevelAlphabet.bytes(of: token)
            index.insert(token.utf8, id: Int32(id))
            if !isText { wholeWords?.insert(decoded, id: Int32(id)) }
            bytes.append(contentsOf: decoded)
            starts.append(bytes.count)
        }
        let texts = tokens.enumerated().map { (text: $1, id: Int32($0)) }
        let control = texts.filter { types[Int($0.id)] == .control }
        let userDefined = texts.filter { types[Int($0.id)] == .userDefined }

        self.preTokenizer = preTokenizer
        self.index = index
        self.wholeWords = wholeWords
        self.merges = try Self.table(of: merges, in: index)
        vocabularySize = tokens.count
        tokenBytes = bytes
        tokenStarts = starts
        idOfByte = ByteLevelAlphabet.scalars.map { index[String($0)] ?? -1 }
        bytesWithoutToken = (0...255).filter { [idOfByte] in idOfByte[Int($0)] < 0 }
        isSpecial = types.map { $0 == .control }
        specialTokens = Dictionary(control.map { ($0.text, $0.id) }, uniquingKeysWith: { first, _ in first })
        unsplitTokens = SpecialTokens(control + userDefined)
        userDefinedTokens = SpecialTokens(userDefined)
    }

    private static func table(of merges: [String], in index: ByteStringIndex) throws -> MergeTable {
        var table = MergeTable(capacity: merges.count)
        for (rank, merge) in merges.enumerated() {
            let parts = merge.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw TokenizationError.malformedMerge(index: rank, merge: merge)
            }
            func id(_ token: String) throws -> Int32 {
                if let id = index[token] { return id }
                throw TokenizationError.mergeOutsideVocabulary(index: rank, merge: merge, missing: token)
            }
            table.insert(
                try id(parts[0]), try id(parts[1]), rank: UInt32(rank), merged: try id(parts[0] + parts[1]))
        }
        return table
    }

    /// The id of a token as the vocabulary writes it (`Ġthe`, `<|im_end|>`), or nil.
    public func id(of token: String) -> Int32? { index[token] }

    /// The bytes of `ids` joined and read as UTF-8; what is not UTF-8 becomes U+FFFD.
    ///
    /// - Parameter skipsSpecialTokens: whether control tokens are left out.
    /// - Throws: `TokenizationError.idOutsideVocabulary`.
    public func decode(_ ids: [Int32], skipsSpecialTokens: Bool) throws -> String {
        var decoded: [UInt8] = []
        for id in ids {
            guard id >= 0, id < vocabularySize else {
                throw TokenizationError.idOutsideVocabulary(id: id, vocabularySize: vocabularySize)
            }
            if skipsSpecialTokens, isSpecial[Int(id)] { continue }
            decoded.append(contentsOf: tokenBytes[tokenStarts[Int(id)]..<tokenStarts[Int(id) + 1]])
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
