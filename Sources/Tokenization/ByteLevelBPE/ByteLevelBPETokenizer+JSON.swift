public import Foundation
import ModelFiles

extension ByteLevelBPETokenizer {
    /// A `tokenizer.json` of this tokenizer, which Hugging Face's `tokenizers` reads to the same ids.
    ///
    /// - Throws: `TokenizationError.repeatedToken` if two ids have one text, which the file cannot hold.
    public func json() throws -> Data {
        for (id, token) in definition.tokens.enumerated() {
            guard let first = definition.index[token], first == Int32(id) else {
                throw TokenizationError.repeatedToken(text: token, id: Int32(id))
            }
        }
        let tokens = definition.tokens
        let hasSpaces = definition.merges.contains {
            tokens[Int($0.left)].utf8.contains(0x20) || tokens[Int($0.right)].utf8.contains(0x20)
        }
        let merges = definition.merges.map { merge -> JSONNode in
            let (left, right) = (tokens[Int(merge.left)], tokens[Int(merge.right)])
            return hasSpaces ? .array([.string(left), .string(right)]) : .string("\(left) \(right)")
        }
        let model: JSONNode = .object([
            ("type", .string("BPE")), ("dropout", .null),
            ("unk_token", definition.unknownToken.map { .string(tokens[Int($0)]) } ?? .null),
            ("continuing_subword_prefix", .null), ("end_of_word_suffix", .null),
            ("fuse_unk", .bool(definition.fusesUnknown)), ("byte_fallback", .bool(false)),
            ("ignore_merges", .bool(definition.takesWholeTokens)),
            ("vocab", .object(tokens.enumerated().map { ($1, .integer($0)) })), ("merges", .array(merges)),
        ])
        return JSONNode.object([
            ("version", .string("1.0")), ("truncation", .null), ("padding", .null),
            ("added_tokens", .array(definition.added.map(Self.json))),
            ("normalizer", definition.normalizesToNFC ? .object([("type", .string("NFC"))]) : .null),
            ("pre_tokenizer", preTokenizer.json(addsPrefixSpace: definition.addsPrefixSpace)),
            ("post_processor", postProcessor), ("decoder", Self.byteLevel), ("model", model),
        ]).data()
    }

    /// The `tokenizer_config.json` that goes with `json()`.
    ///
    /// - Parameters:
    ///   - chatTemplate: the model's own Jinja text, kept as it is.
    ///   - beginToken: the id of the token that begins a text.
    ///   - endToken: the id of the token that ends a turn or a text.
    ///   - paddingToken: the id of the token that fills batches.
    ///   - maximumLength: the model's context in tokens.
    /// - Throws: `TokenizationError.idOutsideVocabulary`.
    public func configurationJSON(
        chatTemplate: String?, beginToken: Int32? = nil, endToken: Int32? = nil, paddingToken: Int32? = nil,
        maximumLength: Int? = nil
    ) throws -> Data {
        var members: [(name: String, value: JSONNode)] = [
            ("add_prefix_space", .bool(definition.addsPrefixSpace)),
            ("clean_up_tokenization_spaces", .bool(false)),
        ]
        for (name, id) in [("bos_token", beginToken), ("eos_token", endToken), ("pad_token", paddingToken)] {
            guard let id else { continue }
            guard id >= 0, id < vocabularySize else {
                throw TokenizationError.idOutsideVocabulary(id: id, vocabularySize: vocabularySize)
            }
            members.append((name, .string(definition.tokens[Int(id)])))
        }
        if let maximumLength { members.append(("model_max_length", .integer(maximumLength))) }
        members.append(("tokenizer_class", .string("PreTrainedTokenizerFast")))
        if let chatTemplate { members.append(("chat_template", .string(chatTemplate))) }
        return JSONNode.object(members).data()
    }

    private static func json(_ token: AddedToken) -> JSONNode {
        .object([
            ("id", .integer(Int(token.id))), ("content", .string(token.text)),
            ("single_word", .bool(token.isSingleWord)), ("lstrip", .bool(token.stripsLeft)),
            ("rstrip", .bool(token.stripsRight)), ("normalized", .bool(token.isNormalized)),
            ("special", .bool(token.isSpecial)),
        ])
    }

    private static let byteLevel = JSONNode.object([
        ("type", .string("ByteLevel")), ("add_prefix_space", .bool(true)), ("trim_offsets", .bool(false)),
        ("use_regex", .bool(true)),
    ])

    private var postProcessor: JSONNode {
        guard !textPrefix.isEmpty || !textSuffix.isEmpty else { return Self.byteLevel }
        func special(_ id: Int32, type: Int) -> JSONNode {
            .object([
                (
                    "SpecialToken",
                    .object([
                        ("id", .string(definition.tokens[Int(id)])), ("type_id", .integer(type)),
                    ])
                )
            ])
        }
        func text(_ name: String, type: Int) -> [JSONNode] {
            let sequence: JSONNode = .object([("id", .string(name)), ("type_id", .integer(type))])
            return textPrefix.map { special($0, type: type) } + [.object([("Sequence", sequence)])]
                + textSuffix.map { special($0, type: type) }
        }
        let specials = Set(textPrefix + textSuffix).sorted().map { id -> (name: String, value: JSONNode) in
            let token = definition.tokens[Int(id)]
            let value: JSONNode = .object([
                ("id", .string(token)), ("ids", .array([.integer(Int(id))])),
                ("tokens", .array([.string(token)])),
            ])
            return (token, value)
        }
        return .object([
            ("type", .string("TemplateProcessing")), ("single", .array(text("A", type: 0))),
            ("pair", .array(text("A", type: 0) + text("B", type: 1))), ("special_tokens", .object(specials)),
        ])
    }
}
