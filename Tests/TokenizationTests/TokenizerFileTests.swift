import Foundation
import Testing

@testable import Tokenization

@Suite struct TokenizerFileTests {
    /// A tokenizer.json of the letters a, b, c and the space, with one added token; parts can be replaced.
    static func file(
        normalizer: String = "null", preTokenizer: String = byteLevel(), postProcessor: String = "null",
        added: String = #"{"id": 6, "content": "<x>", "special": true}"#,
        model: String = #""ignore_merges": false"#, merges: String = #""a b", "ab c""#
    ) -> Data {
        Data(
            """
            {"added_tokens": [\(added)], "normalizer": \(normalizer), "pre_tokenizer": \(preTokenizer),
            "post_processor": \(postProcessor), "decoder": {"type": "ByteLevel"}, "model": {"type": "BPE", \
            \(model),
            "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4, "Ġ": 5}, "merges": [\(merges)]}}
            """.utf8)
    }

    static func byteLevel(prefixSpace: Bool = false, usesRegex: Bool = true) -> String {
        #"{"type": "ByteLevel", "add_prefix_space": \#(prefixSpace), "use_regex": \#(usesRegex)}"#
    }

    private func tokenizer(_ data: Data) throws -> ByteLevelBPETokenizer {
        try ByteLevelBPETokenizer(json: data, path: "t.json")
    }

    private func refusal(_ data: Data) throws -> String {
        do {
            _ = try tokenizer(data)
            return "none"
        } catch let error as TokenizationError {
            switch error {
            case .malformedFile("t.json", let key, let reason): return "\(key): \(reason)"
            case .unsupportedFile("t.json", let key, let found, let expected):
                return "\(key) = \(found), not \(expected)"
            default: return "\(error)"
            }
        }
    }

    @Test("Merges are read in both forms") func mergesAreReadInBothForms() throws {
        let texts = try tokenizer(Self.file())
        let pairs = try tokenizer(Self.file(merges: #"["a", "b"], ["ab", "c"]"#))
        #expect(texts.encode("abcab") == [4, 3])
        #expect(pairs.encode("abcab") == [4, 3])
        #expect(try texts.json() == pairs.json())
    }

    @Test("The prefix space, whole words and unknown bytes follow the file")
    func optionsFollowTheFile() throws {
        #expect(try tokenizer(Self.file()).encode("ab ab") == [3, 5, 3])
        let prefixed = try tokenizer(Self.file(preTokenizer: Self.byteLevel(prefixSpace: true)))
        #expect(prefixed.encode("ab<x>ab ab") == [5, 3, 6, 5, 3, 5, 3])
        #expect(prefixed.encode(" ab") == [5, 3])
        let whole = try tokenizer(Self.file(model: #""ignore_merges": true"#, merges: ""))
        #expect(whole.encode("abc ab") == [4, 5, 0, 1])
        let unsplit = try tokenizer(Self.file(preTokenizer: Self.byteLevel(usesRegex: false)))
        #expect(unsplit.preTokenizer == .unsplit)
        let dropped = try tokenizer(Self.file())
        #expect(dropped.encode("ayyb") == [3])
        let unknown = try tokenizer(Self.file(model: #""unk_token": "c""#))
        #expect(unknown.encode("ayyb") == [0, 2, 2, 1])
        let fused = try tokenizer(Self.file(model: #""unk_token": "c", "fuse_unk": true"#))
        #expect(fused.encode("ayyb") == [0, 2, 1])
        for tokenizer in [prefixed, whole, unsplit, unknown, fused] {
            let read = try self.tokenizer(tokenizer.json())
            #expect(read.encode("ab<x>ayyb abc") == tokenizer.encode("ab<x>ayyb abc"))
        }
    }

    @Test("Added tokens strip spaces, stand alone and match the longest, as their flags say")
    func addedTokensFollowTheirFlags() throws {
        func ids(_ text: String, _ flags: String, special: Bool = true, recognized: Bool = true) throws
            -> [Int32]
        {
            let added =
                #"{"id": 6, "content": "<x>", "special": \#(special), \#(flags)}, "#
                + #"{"id": 7, "content": "<x>c"}"#
            return try tokenizer(Self.file(added: added)).encode(text, recognizesSpecialTokens: recognized)
        }
        #expect(try ids("a <x> b", #""lstrip": false"#) == [0, 5, 6, 5, 1])
        #expect(try ids("a <x> b", #""lstrip": true"#) == [0, 6, 5, 1])
        #expect(try ids("a <x> \u{3000}b", #""rstrip": true"#) == [0, 5, 6, 1])
        #expect(try ids("a<x> <x>b", #""single_word": true"#) == [0, 5, 1])
        #expect(try ids("a <x> b", #""single_word": true"#) == [0, 5, 6, 5, 1])
        #expect(try ids("a<x>cb", #""lstrip": false"#) == [0, 7, 1])
        #expect(try ids("a<x>b", #""lstrip": false"#, recognized: false) == [0, 1])
        #expect(try ids("a<x>b", #""lstrip": false"#, special: false, recognized: false) == [0, 6, 1])
    }

    @Test("Tokens of the post-processor are properties, and encode adds none")
    func postProcessorTokensAreProperties() throws {
        let template = """
            {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<x>", "type_id": 0}},
            {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "end", "type_id": 0}}],
            "special_tokens": {"end": {"id": "end", "ids": [4, 3], "tokens": ["abc", "ab"]}}}
            """
        for processor in [
            template, #"{"type": "Sequence", "processors": [{"type": "ByteLevel"}, \#(template)]}"#,
        ] {
            let tokenizer = try tokenizer(Self.file(postProcessor: processor))
            #expect(tokenizer.textPrefix == [6])
            #expect(tokenizer.textSuffix == [4, 3])
            #expect(tokenizer.encode("a") == [0])
            let read = try self.tokenizer(tokenizer.json())
            #expect(read.textSuffix == [4, 3])
        }
        let roberta = #"{"type": "RobertaProcessing", "sep": ["ab", 3], "cls": ["<x>", 6]}"#
        let tokenizer = try tokenizer(Self.file(postProcessor: roberta))
        #expect(tokenizer.textPrefix + tokenizer.textSuffix == [6, 3])
    }

    @Test("The small files are read as the tokenizers they are") func smallFilesAreRecognized() throws {
        let llama = try ByteLevelBPETokenizer(contentsOf: TokenizerFiles.small("small-llama3"))
        #expect(llama.preTokenizer == .llama3)
        #expect(llama.textPrefix == [try #require(llama.id(of: "<|begin_of_text|>"))])
        let qwen = try ByteLevelBPETokenizer(contentsOf: TokenizerFiles.small("small-qwen2"))
        #expect(qwen.preTokenizer == .qwen2)
        #expect(qwen.textSuffix == [try #require(qwen.id(of: "<|endoftext|>"))])
        let deepSeek = try ByteLevelBPETokenizer(contentsOf: TokenizerFiles.small("small-deepseek"))
        #expect(deepSeek.preTokenizer == .deepSeek)
        #expect(deepSeek.textPrefix.isEmpty)
    }

    @Test("Unsupported keys that would change ids are refused by name")
    func unsupportedKeysAreRefused() throws {
        let split = #"{"type": "Split", "pattern": {"Regex": "\\w+"}, "behavior": "Isolated"}"#
        let removed =
            #"{"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}"}, "behavior": "Removed", "invert": true}"#
        func sequence(_ steps: String) -> String { #"{"type": "Sequence", "pretokenizers": [\#(steps)]}"# }
        let afterSplit = Self.byteLevel(usesRegex: false)
        let cases: [(data: Data, refusal: String)] = [
            (Self.file(normalizer: #"{"type": "Lowercase"}"#), "normalizer = Lowercase, not NFC or none"),
            (
                Self.file(
                    normalizer: #"{"type": "Sequence", "normalizers": [{"type": "NFC"}, "#
                        + #"{"type": "Strip"}]}"#),
                "normalizer.normalizers.1 = Strip, not NFC or none"
            ),
            (
                Self.file(preTokenizer: #"{"type": "Metaspace"}"#),
                "pre_tokenizer = Metaspace, not ByteLevel as the last step"
            ),
            (
                Self.file(preTokenizer: sequence("")),
                "pre_tokenizer = an empty Sequence, not ByteLevel as the last step"
            ),
            (
                Self.file(preTokenizer: sequence(#"{"type": "Whitespace"}, \#(afterSplit)"#)),
                "pre_tokenizer.pretokenizers.0 = Whitespace, not Digits, Split or ByteLevel"
            ),
            (
                Self.file(preTokenizer: sequence(removed + "," + afterSplit)),
                "pre_tokenizer.pretokenizers.0.behavior = Removed, not Isolated"
            ),
            (Self.file(model: #""dropout": 0.1"#), "model.dropout = 0.1, not none"),
            (
                Self.file(model: #""end_of_word_suffix": "</w>""#),
                "model.end_of_word_suffix = '</w>', not none"
            ),
            (Self.file(model: #""unk_token": "<unk>""#), "model.unk_token: '<unk>' is not in model.vocab"),
            (
                Self.file(postProcessor: #"{"type": "Other"}"#),
                "post_processor = Other, not ByteLevel, TemplateProcessing, BertProcessing, "
                    + "RobertaProcessing or a Sequence of them"
            ),
            (Self.file(merges: #""a b", "a d""#), "model.merges.1: 'a d' needs 'd', which model.vocab lacks"),
            (Self.file(merges: #""ab""#), "model.merges.0: 'ab' is not two tokens with one space between"),
        ]
        for expected in cases {
            let found = try refusal(expected.data).replacingOccurrences(of: ".type = ", with: " = ")
            #expect(found == expected.refusal)
        }
        let unknownPattern = try refusal(Self.file(preTokenizer: sequence(split + "," + afterSplit)))
        #expect(unknownPattern.hasPrefix(#"pre_tokenizer = \w+, not the patterns of gpt-2, smollm"#))
        let fallback = try refusal(Self.file(model: #""byte_fallback": true"#))
        #expect(fallback.hasPrefix("model.byte_fallback = true with 252 bytes missing"))
    }

    @Test("A vocabulary that holds one text twice is refused by id when written")
    func aRepeatedTokenIsRefused() throws {
        let tokenizer = try ByteLevelBPETokenizer(
            tokens: ["a", "b", "a"], merges: [], tokenTypes: [1, 1, 1], preTokenizer: .qwen2)
        #expect(throws: TokenizationError.repeatedToken(text: "a", id: 2)) { try tokenizer.json() }
    }

    @Test("Each pre-tokenizer's file is read as the same pre-tokenizer", arguments: PreTokenizer.allCases)
    func eachPreTokenizerIsWrittenAndRead(kind: PreTokenizer) throws {
        let original = try TokenizerFiles.smolLM2Tokenizer(kind)
        let read = try tokenizer(original.json())
        #expect(read.preTokenizer == kind)
        for line in try LineEqualityTests.lines().prefix(300) {
            #expect(read.encode(line) == original.encode(line))
        }
    }

    @Test("The configuration holds the template's text and the tokens by their text")
    func theConfigurationHoldsTheTemplate() throws {
        let tokenizer = try tokenizer(Self.file())
        let data = try tokenizer.configurationJSON(
            chatTemplate: "{{ '\n\"x' }}", beginToken: 6, endToken: 6, paddingToken: nil, maximumLength: 32)
        let read = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(read["chat_template"] as? String == "{{ '\n\"x' }}")
        #expect(read["eos_token"] as? String == "<x>")
        #expect(read["model_max_length"] as? Int == 32)
        #expect(read["pad_token"] == nil)
        #expect(throws: TokenizationError.idOutsideVocabulary(id: 9, vocabularySize: 7)) {
            try tokenizer.configurationJSON(chatTemplate: nil, endToken: 9)
        }
    }
}
