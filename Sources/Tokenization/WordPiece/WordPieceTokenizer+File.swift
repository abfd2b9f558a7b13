public import Foundation

extension WordPieceTokenizer {
    /// Reads a Hugging Face `tokenizer.json` with a WordPiece model and BERT's normalizer and pre-tokenizer.
    ///
    /// - Parameters:
    ///   - file: the `tokenizer.json`.
    ///   - maximumLength: the longest result of `encode`; nil for the file's own `truncation`, if it has one.
    /// - Throws: `TokenizationError` naming the file and the key.
    public init(contentsOf file: URL, maximumLength: Int? = nil) throws {
        try self.init(
            FileValue(parsing: TokenizerFile.data(of: file), path: file.path), maximumLength: maximumLength)
    }

    init(_ file: FileValue, maximumLength: Int?) throws {
        let model = try file.required("model")
        for (part, expected) in [
            (model, "WordPiece"), (try file.required("normalizer"), "BertNormalizer"),
            (try file.required("pre_tokenizer"), "BertPreTokenizer"),
        ] {
            let type = try part.required("type")
            guard try type.string() == expected else {
                throw type.unsupported(try type.string(), expected: expected)
            }
        }
        let vocabulary = try Vocabulary(file)
        let unknown = try model.required("unk_token")
        self.init(
            Definition(
                tokens: vocabulary.tokens,
                index: vocabulary.index,
                added: vocabulary.added,
                unknown: try vocabulary.id(of: unknown.string(), at: unknown),
                continuingPrefix: try model.required("continuing_subword_prefix").string(),
                longestWord: try model.required("max_input_chars_per_word").integer(in: 0...Int.max),
                normalizer: try Self.normalizer(file.required("normalizer")),
                template: try TextTemplate(file.required("post_processor"), in: vocabulary),
                cleansUpDecodedText: try Self.cleansUp(file.optional("decoder"))),
            maximumLength: try maximumLength
                ?? file.optional("truncation")?.required("max_length").integer(in: 0...Int.max))
    }

    private static func normalizer(_ value: FileValue) throws -> BERTNormalizer {
        let lowercases = try value.required("lowercase").bool()
        return BERTNormalizer(
            cleansText: try value.required("clean_text").bool(),
            spacesIdeographs: try value.required("handle_chinese_chars").bool(),
            stripsAccents: try value.bool("strip_accents", missing: lowercases),
            lowercases: lowercases)
    }

    private static func cleansUp(_ decoder: FileValue?) throws -> Bool {
        guard let decoder else { return false }
        return try decoder.bool("cleanup", missing: true)
    }
}
