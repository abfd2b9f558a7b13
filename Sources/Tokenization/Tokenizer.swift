/// Text to token ids and back, for one vocabulary.
///
/// Tokenizers hold no mutable state that a caller can see: one value serves any number of threads.
public protocol Tokenizer: Sendable {
    /// V: one more than the largest id that `encode` can return. A model's embedding may have more rows.
    var vocabularySize: Int { get }

    /// The id of a token by the text that the vocabulary writes for it, or nil.
    func id(of token: String) -> Int32?

    /// The ids of `text`.
    ///
    /// - Parameter recognizesSpecialTokens: whether text such as `<|im_end|>` becomes that one token (true),
    ///   or is split like any other text (false; for text that was not written by us).
    func encode(_ text: String, recognizesSpecialTokens: Bool) -> [Int32]

    /// The text of `ids`. Bytes that are not UTF-8 become U+FFFD.
    ///
    /// - Throws: `TokenizationError.idOutsideVocabulary`.
    func decode(_ ids: [Int32], skipsSpecialTokens: Bool) throws -> String
}

extension Tokenizer {
    /// The ids of `text`, special tokens recognized.
    public func encode(_ text: String) -> [Int32] {
        encode(text, recognizesSpecialTokens: true)
    }

    /// The text of `ids`, special tokens written out.
    public func decode(_ ids: [Int32]) throws -> String {
        try decode(ids, skipsSpecialTokens: false)
    }
}
