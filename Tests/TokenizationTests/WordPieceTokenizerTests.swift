import Foundation
import Testing
import Tokenization

@Suite struct WordPieceTokenizerTests {
    @Test("encoding matches the reference") func encodingMatchesReference() throws {
        let tokenizer = try WordPieceTokenizer(contentsOf: TokenizerFiles.miniLM)
        let cases = try TokenizerFiles.golden("wordpiece.json", as: TokenizerCase.self)
        #expect(cases.count >= 60)
        for expected in cases {
            let text = expected.text ?? ""
            #expect(tokenizer.encode(text) == expected.ids, "\(text.debugDescription)")
            #expect(
                tokenizer.encode(text, recognizesSpecialTokens: false) == expected.idsWithoutSpecialTokens,
                "\(text.debugDescription)")
        }
    }

    @Test("decoding matches the reference") func decodingMatchesReference() throws {
        let tokenizer = try WordPieceTokenizer(contentsOf: TokenizerFiles.miniLM)
        for expected in try TokenizerFiles.golden("wordpiece.json", as: TokenizerCase.self) {
            #expect(scalars(try tokenizer.decode(expected.ids)) == scalars(expected.decoded))
            #expect(
                scalars(try tokenizer.decode(expected.ids, skipsSpecialTokens: true))
                    == scalars(expected.decodedSkipping))
        }
        #expect(throws: TokenizationError.idOutsideVocabulary(id: 30_522, vocabularySize: 30_522)) {
            try tokenizer.decode([30_522])
        }
    }

    @Test("the maximum length comes from the file unless it is given") func lengthComesFromTheFile() throws {
        let text = String(repeating: "milk ", count: 1_000)
        #expect(try WordPieceTokenizer(contentsOf: TokenizerFiles.miniLM).encode(text).count == 128)
        let short = try WordPieceTokenizer(contentsOf: TokenizerFiles.miniLM, maximumLength: 5)
        let milk = try #require(short.id(of: "milk"))
        #expect(short.encode(text) == [101, milk, milk, milk, 102])
        #expect(short.encode("milk") == [101, milk, 102])
        #expect(short.specialTokens["[PAD]"] == 0)
    }

    /// The error of reading a file with these contents, or nil.
    private func errorReading(_ contents: String) throws -> TokenizationError? {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json")
        try Data(contents.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        do {
            _ = try WordPieceTokenizer(contentsOf: file)
            return nil
        } catch let error as TokenizationError {
            #expect(error.description.contains(file.path))
            return error
        }
    }

    private static let valid = """
        {"truncation": null, "added_tokens": [{"id": 0, "content": "[UNK]", "special": true}],
        "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
        "strip_accents": null, "lowercase": true}, "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A"}}]},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
        "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "a": 1}}}
        """

    @Test("damaged files are refused with file and key") func damagedFilesAreRefused() throws {
        #expect(try errorReading(Self.valid) == nil)
        func key(replacing part: String, with other: String) throws -> String? {
            switch try errorReading(Self.valid.replacingOccurrences(of: part, with: other)) {
            case .malformedFile(_, let key, _): key
            case .unsupportedFile(_, let key, let found, let expected): "\(key): \(found), not \(expected)"
            default: nil
            }
        }
        #expect(try key(replacing: "\"vocab\"", with: "\"other\"") == "model.vocab")
        #expect(try key(replacing: "\"a\": 1", with: "\"a\": 2") == "model.vocab")
        #expect(try key(replacing: "\"a\": 1", with: "\"a\": 0") == "model.vocab.a")
        #expect(try key(replacing: "\"a\": 1", with: "\"a\": \"x\"") == "model.vocab.a")
        #expect(
            try key(replacing: "\"clean_text\": true", with: "\"clean_text\": 5") == "normalizer.clean_text")
        #expect(
            try key(replacing: "\"unk_token\": \"[UNK]\"", with: "\"unk_token\": \"u\"") == "model.unk_token")
        #expect(
            try key(replacing: "[{\"Sequence\": {\"id\": \"A\"}}]", with: "[]") == "post_processor.single")
        #expect(try key(replacing: "\"pre_tokenizer\"", with: "\"x\"") == "pre_tokenizer")
        #expect(try key(replacing: "WordPiece", with: "BPE") == "model.type: BPE, not WordPiece")
        #expect(try key(replacing: "}}", with: "") == "the top")
    }

    @Test("a missing file is named") func missingFileIsNamed() {
        let file = TokenizerFiles.models.appendingPathComponent("none/tokenizer.json")
        #expect(throws: TokenizationError.unreadableFile(path: file.path, reason: "no such file")) {
            try WordPieceTokenizer(contentsOf: file)
        }
    }
}
