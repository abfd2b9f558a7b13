/// The parts of a Hugging Face `tokenizer.json` that WordPiece reads.
struct TokenizerFile: Decodable {
    /// Read first: which kind of tokenizer the file describes.
    struct Kinds: Decodable {
        struct Kind: Decodable { var type: String }

        var model: Kind
        var normalizer: Kind
        var preTokenizer: Kind
        var postProcessor: Kind

        enum CodingKeys: String, CodingKey {
            case model, normalizer
            case preTokenizer = "pre_tokenizer"
            case postProcessor = "post_processor"
        }
    }

    struct Truncation: Decodable {
        var maximumLength: Int

        enum CodingKeys: String, CodingKey { case maximumLength = "max_length" }
    }

    struct AddedToken: Decodable {
        var id: Int32
        var content: String
        var special: Bool
    }

    struct Normalizer: Decodable {
        var cleansText: Bool
        var spacesIdeographs: Bool
        var stripsAccents: Bool?  // null: as lowercases
        var lowercases: Bool

        enum CodingKeys: String, CodingKey {
            case cleansText = "clean_text"
            case spacesIdeographs = "handle_chinese_chars"
            case stripsAccents = "strip_accents"
            case lowercases = "lowercase"
        }
    }

    struct PostProcessor: Decodable {
        /// A special token, or the place of the text.
        struct Piece: Decodable {
            struct Name: Decodable { var id: String }

            var specialToken: Name?
            var sequence: Name?

            enum CodingKeys: String, CodingKey {
                case specialToken = "SpecialToken"
                case sequence = "Sequence"
            }
        }

        var single: [Piece]
    }

    struct Decoder: Decodable { var cleanup: Bool }

    struct Model: Decodable {
        var unknownToken: String
        var continuingPrefix: String
        var longestWord: Int
        var vocabulary: [String: Int32]

        enum CodingKeys: String, CodingKey {
            case unknownToken = "unk_token"
            case continuingPrefix = "continuing_subword_prefix"
            case longestWord = "max_input_chars_per_word"
            case vocabulary = "vocab"
        }
    }

    var truncation: Truncation?
    var addedTokens: [AddedToken]
    var normalizer: Normalizer
    var postProcessor: PostProcessor
    var decoder: Decoder?
    var model: Model

    enum CodingKeys: String, CodingKey {
        case truncation, normalizer, decoder, model
        case addedTokens = "added_tokens"
        case postProcessor = "post_processor"
    }
}
