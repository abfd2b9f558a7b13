/// WordPiece, the tokenizer of BERT and its sentence encoders.
///
/// Text is normalized, cut at whitespace and around each punctuation mark, and each word is taken apart from
/// the left into the longest tokens that the vocabulary has; a word that cannot be is `[UNK]`. `[CLS]` and
/// `[SEP]` go around.
public struct WordPieceTokenizer: Tokenizer {
    /// What a `tokenizer.json` says, checked.
    struct Definition: Sendable {
        var tokens: [String]  // in id order
        var index: ByteStringIndex
        var added: [AddedToken]
        var unknown: Int32
        var continuingPrefix: String
        var longestWord: Int  // in scalars
        var normalizer: BERTNormalizer
        var template: TextTemplate
        var cleansUpDecodedText: Bool

        /// The bytes of `token` after its `##`, or nil if it has none.
        ///
        /// By bytes: a token may be `##` and a combining mark, which `String.hasPrefix` takes for one
        /// character.
        func continuation(of token: String) -> Substring.UTF8View? {
            guard token.utf8.starts(with: continuingPrefix.utf8) else { return nil }
            return token.utf8.dropFirst(continuingPrefix.utf8.count)
        }
    }

    /// The longest result of `encode`, with `[CLS]` and `[SEP]`; nil for no limit.
    public let maximumLength: Int?
    /// V, the special tokens included.
    public var vocabularySize: Int { definition.tokens.count }
    /// `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]`, `[MASK]` by their text.
    public let specialTokens: [String: Int32]

    let definition: Definition
    private let addedTokens: AddedTokenMatcher  // in the text as it is
    private let normalizedTokens: AddedTokenMatcher  // in normalized text
    private let continuations: ByteStringIndex  // without the prefix ##

    init(_ definition: Definition, maximumLength: Int?) {
        self.definition = definition
        self.maximumLength = maximumLength
        specialTokens = Dictionary(
            definition.added.filter(\.isSpecial).map { ($0.text, $0.id) },
            uniquingKeysWith: { first, _ in first })
        addedTokens = AddedTokenMatcher(definition.added.filter { !$0.isNormalized })
        normalizedTokens = AddedTokenMatcher(definition.added.filter(\.isNormalized)) { text in
            Array(text.utf8).withUnsafeBufferPointer { definition.normalizer.normalize($0) }
        }
        var continuations = ByteStringIndex(capacity: definition.tokens.count)
        for (id, token) in definition.tokens.enumerated() {
            if let rest = definition.continuation(of: token) { continuations.insert(rest, id: Int32(id)) }
        }
        self.continuations = continuations
    }

    /// The id of a token as the vocabulary writes it (`##ing`), or nil.
    public func id(of token: String) -> Int32? { definition.index[token] }

    /// The ids of `text` between `[CLS]` and `[SEP]`, cut off at `maximumLength`.
    public func encode(_ text: String, recognizesSpecialTokens: Bool) -> [Int32] {
        var text = text
        var ids = definition.template.prefix
        text.withUTF8 { bytes in
            addedTokens.split(
                bytes, recognizesSpecialTokens: recognizesSpecialTokens,
                ordinary: { segment in
                    definition.normalizer.normalize(segment).withUnsafeBufferPointer { normalized in
                        normalizedTokens.split(
                            normalized, recognizesSpecialTokens: recognizesSpecialTokens,
                            ordinary: { Self.forEachWord(in: $0) { append($0, to: &ids) } },
                            added: { ids.append($0) })
                    }
                },
                added: { ids.append($0) })
        }
        let suffix = definition.template.suffix
        if let maximumLength {
            let room = max(maximumLength - suffix.count, 0)
            if ids.count > room { ids.removeLast(ids.count - room) }
        }
        return ids + suffix
    }

    /// Calls `body` with each word of normalized text: between whitespace, each punctuation mark alone.
    private static func forEachWord(
        in text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var start = 0
        var position = 0
        while position < text.count {
            let (value, end) = ScalarReader.scalar(at: position, of: text)
            let boundary = WordBoundary(value)
            if boundary != .none {
                if start < position { body(UnsafeBufferPointer(rebasing: text[start..<position])) }
                if boundary == .punctuation { body(UnsafeBufferPointer(rebasing: text[position..<end])) }
                start = end
            }
            position = end
        }
        if start < text.count { body(UnsafeBufferPointer(rebasing: text[start...])) }
    }

    /// Appends the tokens of one word.
    private func append(_ word: UnsafeBufferPointer<UInt8>, to ids: inout [Int32]) {
        let firstToken = ids.count
        var start = 0
        let scalars = word.reduce(0) { $1 & 0xC0 != 0x80 ? $0 + 1 : $0 }
        while start < word.count, scalars <= definition.longestWord {
            guard let (id, end) = longestToken(of: word, from: start) else { break }
            ids.append(id)
            start = end
        }
        guard start < word.count else { return }
        ids.removeLast(ids.count - firstToken)
        ids.append(definition.unknown)
    }

    private func longestToken(of word: UnsafeBufferPointer<UInt8>, from start: Int) -> (id: Int32, end: Int)?
    {
        let index = start == 0 ? definition.index : continuations
        var end = min(word.count, start + index.longestKey)
        while end > start {
            if end == word.count || word[end] & 0xC0 != 0x80,
                let id = index[UnsafeBufferPointer(rebasing: word[start..<end])]
            {
                return (id, end)
            }
            end -= 1
        }
        return nil
    }
}

/// What BERT's pre-tokenizer cuts at.
private enum WordBoundary {
    case none, whitespace, punctuation

    init(_ value: UInt32) {
        switch value {
        case 0x20, 0x09...0x0D: self = .whitespace
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: self = .punctuation
        case 0..<0x80: self = .none
        default:
            guard let scalar = Unicode.Scalar(value) else {
                self = .none
                return
            }
            switch BERTCategory.of(scalar) {
            case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
                .initialPunctuation,
                .finalPunctuation, .otherPunctuation:
                self = .punctuation
            default: self = scalar.properties.isWhitespace ? .whitespace : .none
            }
        }
    }
}
