/// What a byte-level BPE tokenizer is, as a `tokenizer.json` or a GGUF file says it, checked.
struct BPEDefinition: Sendable {
    /// Two tokens that merge into a third, by id.
    struct Merge: Sendable, Equatable {
        var left: Int32
        var right: Int32
        var merged: Int32
    }

    /// In id order, in the byte-level alphabet; added tokens as their text.
    var tokens: [String]
    var index: ByteStringIndex
    /// The first merged first.
    var merges: [Merge]
    var added: [AddedToken]
    var preTokenizer: PreTokenizer
    var normalizesToNFC: Bool
    /// Whether a word that is a token is taken whole, without merging.
    var takesWholeTokens: Bool
    /// Whether text that begins with no space gets one.
    var addsPrefixSpace = false
    /// What a byte without a token becomes; nil: nothing.
    var unknownToken: Int32?
    /// Whether a run of unknown bytes becomes one token.
    var fusesUnknown = false
    var template = TextTemplate()

    /// The merge of two tokens by their text.
    ///
    /// - Throws: `TokenizationError.mergeOutsideVocabulary`.
    static func merge(
        _ left: String, _ right: String, at position: Int, in index: ByteStringIndex
    ) throws -> Merge {
        func id(_ token: String) throws -> Int32 {
            if let id = index[token] { return id }
            throw TokenizationError.mergeOutsideVocabulary(
                index: position, merge: "\(left) \(right)", missing: token)
        }
        return Merge(left: try id(left), right: try id(right), merged: try id(left + right))
    }

    /// The merge that a text such as `Ġ t` stands for.
    ///
    /// - Throws: `TokenizationError.malformedMerge` or `.mergeOutsideVocabulary`.
    static func merge(_ text: String, at position: Int, in index: ByteStringIndex) throws -> Merge {
        let parts = text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard parts.count == 2, let left = String(parts[0]), let right = String(parts[1]), !left.isEmpty,
            !right.isEmpty
        else { throw TokenizationError.malformedMerge(index: position, merge: text) }
        return try merge(left, right, at: position, in: index)
    }
}
