import Synchronization

/// Byte-level byte-pair encoding: the tokenizer of GPT-2, SmolLM, Llama 3, Qwen and DeepSeek.
///
/// Text is cut at added tokens, then into words (`PreTokenizer`); each word's bytes merge, pair by pair,
/// in the order of the merges. A byte for which the vocabulary has no token is dropped, as the reference
/// implementations do: see `bytesWithoutToken`.
public final class ByteLevelBPETokenizer: Tokenizer {
    /// V, the added tokens included.
    public var vocabularySize: Int { definition.tokens.count }
    /// How text is cut into words.
    public var preTokenizer: PreTokenizer { definition.preTokenizer }
    /// The control tokens by their text.
    public let specialTokens: [String: Int32]
    /// The bytes that `encode` cannot represent and drops. SmolLM2 lacks six control characters, four lead
    /// bytes of unassigned planes, and bytes that UTF-8 never uses.
    public let bytesWithoutToken: [UInt8]
    /// The tokens that the model expects before a text: Llama 3's `<|begin_of_text|>`. `encode` adds none.
    public var textPrefix: [Int32] { definition.template.prefix }
    /// The tokens that the model expects after a text: Qwen3-Embedding's `<|endoftext|>`. `encode` adds none.
    public var textSuffix: [Int32] { definition.template.suffix }

    let definition: BPEDefinition
    let merges: MergeTable
    let wholeWords: ByteStringIndex?  // by decoded bytes
    let idOfByte: [Int32]  // [256], −1: none
    let isSpecial: [Bool]  // [V]
    let addedTokens: AddedTokenMatcher  // in the text as it is
    let normalizedTokens: AddedTokenMatcher  // in normalized text
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
    ///   - textPrefix: what the model expects before a text; `encode` does not add it.
    ///   - textSuffix: what the model expects after a text; `encode` does not add it.
    /// - Throws: `TokenizationError` if the arrays do not fit each other.
    public convenience init(
        tokens: [String], merges: [String], tokenTypes: [Int32], preTokenizer: PreTokenizer,
        textPrefix: [Int32] = [], textSuffix: [Int32] = []
    ) throws {
        guard tokens.count == tokenTypes.count else {
            throw TokenizationError.tokenTypeCount(types: tokenTypes.count, tokens: tokens.count)
        }
        let types = try tokenTypes.enumerated().map { index, type in
            guard let known = TokenType(rawValue: type) else {
                throw TokenizationError.unknownTokenType(type: type, index: index)
            }
            return known
        }
        for id in textPrefix + textSuffix where id < 0 || id >= tokens.count {
            throw TokenizationError.idOutsideVocabulary(id: id, vocabularySize: tokens.count)
        }
        var index = ByteStringIndex(capacity: tokens.count)
        for (id, token) in tokens.enumerated() { index.insert(token.utf8, id: Int32(id)) }
        let added = zip(tokens, types).enumerated().compactMap { id, token -> AddedToken? in
            guard token.1 == .control || token.1 == .userDefined else { return nil }
            return AddedToken(text: token.0, id: Int32(id), isSpecial: token.1 == .control)
        }
        self.init(
            BPEDefinition(
                tokens: tokens, index: index,
                merges: try merges.enumerated().map { try BPEDefinition.merge($1, at: $0, in: index) },
                added: added, preTokenizer: preTokenizer, normalizesToNFC: preTokenizer.normalizesToNFC,
                takesWholeTokens: preTokenizer.takesWholeTokens,
                template: TextTemplate(prefix: textPrefix, suffix: textSuffix)))
    }

    init(_ definition: BPEDefinition) {
        var isText = [Bool](repeating: false, count: definition.tokens.count)
        var isSpecial = isText
        for token in definition.added {
            isText[Int(token.id)] = true
            isSpecial[Int(token.id)] = token.isSpecial
        }
        var bytes: [UInt8] = []
        var starts = [0]
        var wholeWords =
            definition.takesWholeTokens ? ByteStringIndex(capacity: definition.tokens.count) : nil
        for (id, token) in definition.tokens.enumerated() {
            let decoded = isText[id] ? Array(token.utf8) : ByteLevelAlphabet.bytes(of: token)
            if !isText[id] { wholeWords?.insert(decoded, id: Int32(id)) }
            bytes.append(contentsOf: decoded)
            starts.append(bytes.count)
        }
        var table = MergeTable(capacity: definition.merges.count)
        for (rank, merge) in definition.merges.enumerated() {
            table.insert(
                merge.left, merge.right, rank: UInt32(truncatingIfNeeded: rank), merged: merge.merged)
        }
        let normalize: (String) -> [UInt8] = { Array(CanonicalComposition.compose($0).utf8) }
        self.definition = definition
        self.isSpecial = isSpecial
        self.wholeWords = wholeWords
        merges = table
        tokenBytes = bytes
        tokenStarts = starts
        let ids = ByteLevelAlphabet.scalars.map { definition.index[String($0)] ?? -1 }
        idOfByte = ids
        bytesWithoutToken = (0...255).filter { ids[Int($0)] < 0 }
        specialTokens = Dictionary(
            definition.added.filter(\.isSpecial).map { ($0.text, $0.id) },
            uniquingKeysWith: { first, _ in first })
        addedTokens = AddedTokenMatcher(definition.added.filter { !$0.isNormalized })
        normalizedTokens = AddedTokenMatcher(
            definition.added.filter(\.isNormalized),
            normalize: definition.normalizesToNFC ? normalize : { Array($0.utf8) })
    }

    /// The id of a token as the vocabulary writes it (`Ġthe`, `<|im_end|>`), or nil.
    public func id(of token: String) -> Int32? { definition.index[token] }

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
