import Testing
import Tokenization

@Suite struct ByteLevelBPETokenizerTests {
    /// b a n d, the space as Ġ, and what the merges make of them; id 8 is special, id 9 is text kept whole.
    static func small(_ preTokenizer: PreTokenizer = .gpt2) throws -> ByteLevelBPETokenizer {
        try ByteLevelBPETokenizer(
            tokens: ["a", "b", "n", "Ġ", "an", "ana", "ban", "anan", "<|end|>", "<tag>", "banana"],
            merges: ["a n", "b an", "an a", "an an"],
            tokenTypes: [1, 1, 1, 1, 1, 1, 1, 1, 3, 4, 1],
            preTokenizer: preTokenizer)
    }

    @Test("merges the pair of lowest rank first, and the leftmost of equal ranks")
    func lowestRankMergesFirst() throws {
        let tokenizer = try Self.small()
        // b a n a n a → b an an a → ban an a → ban ana
        #expect(tokenizer.encode("banana") == [6, 5])
        // a n a n → an an; "an a" does not apply, "an an" does.
        #expect(tokenizer.encode("anan") == [7])
        #expect(tokenizer.encode("ananan") == [7, 4])
        #expect(tokenizer.encode("a na") == [0, 3, 2, 0])
    }

    @Test("Llama 3 keeps a word whole if it is a token") func llama3KeepsWholeWordTokens() throws {
        #expect(try Self.small(.llama3).encode("banana") == [10])
        #expect(try Self.small(.llama3).encode("bananan") == [6, 7])
    }

    @Test("bytes without a token are dropped and listed") func bytesWithoutTokensAreDropped() throws {
        let tokenizer = try Self.small()
        #expect(tokenizer.encode("axbéa") == [0, 1, 0])
        #expect(tokenizer.bytesWithoutToken.count == 252)
        #expect(!tokenizer.bytesWithoutToken.contains(0x20))
    }

    @Test("user-defined tokens are kept whole even where special tokens are not recognized")
    func userDefinedTokensAreKeptWhole() throws {
        let tokenizer = try Self.small()
        #expect(tokenizer.encode("a<tag><|end|>b") == [0, 9, 8, 1])
        #expect(tokenizer.encode("a<tag><|end|>b", recognizesSpecialTokens: false) == [0, 9, 2, 1])
        #expect(try tokenizer.decode([0, 9, 8], skipsSpecialTokens: true) == "a<tag>")
        #expect(tokenizer.specialTokens == ["<|end|>": 8])
        #expect(tokenizer.id(of: "anan") == 7)
        #expect(tokenizer.id(of: "nan") == nil)
    }

    @Test("encoding matches the reference") func encodingMatchesReference() throws {
        let tokenizer = try TokenizerFiles.smolLM2Tokenizer()
        let cases = try TokenizerFiles.golden("bpe.json", as: TokenizerCase.self).filter { $0.text != nil }
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
        let tokenizer = try TokenizerFiles.smolLM2Tokenizer()
        let cases = try TokenizerFiles.golden("bpe.json", as: TokenizerCase.self)
        #expect(cases.count >= 60)
        for expected in cases {
            #expect(scalars(try tokenizer.decode(expected.ids)) == scalars(expected.decoded))
            #expect(
                scalars(try tokenizer.decode(expected.ids, skipsSpecialTokens: true))
                    == scalars(expected.decodedSkipping))
        }
    }

    @Test("ids outside the vocabulary are refused") func idsOutsideTheVocabularyAreRefused() throws {
        let tokenizer = try Self.small()
        for id: Int32 in [-1, 11] {
            #expect(throws: TokenizationError.idOutsideVocabulary(id: id, vocabularySize: 11)) {
                try tokenizer.decode([0, id])
            }
        }
    }

    @Test("a long word of one letter does not take quadratic time") func longWordTakesNoQuadraticTime() throws
    {
        let tokenizer = try TokenizerFiles.smolLM2Tokenizer()
        let text = String(repeating: "a", count: 300_000)
        // 300,000² / 2 steps would take minutes even when optimized.
        var ids: [Int32] = []
        let duration = ContinuousClock().measure { ids = tokenizer.encode(text) }
        #expect(try tokenizer.decode(ids) == text)
        #expect(duration < .seconds(20))
    }

    @Test("concurrent calls give the same ids") func concurrentCallsAgree() async throws {
        let tokenizer = try TokenizerFiles.smolLM2Tokenizer()
        let texts = try TokenizerFiles.golden("bpe.json", as: TokenizerCase.self).compactMap(\.text)
        let alone = texts.map { tokenizer.encode($0) }
        let together = await withTaskGroup(of: [[Int32]].self) { group in
            for _ in 0..<8 { group.addTask { texts.map { tokenizer.encode($0) } } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(together.count == 8)
        for ids in together { #expect(ids == alone) }
    }

    @Test("token types, merges and names that do not fit are refused by name") func invalidArraysAreRefused()
        throws
    {
        func build(_ tokens: [String], _ merges: [String], _ types: [Int32]) throws {
            _ = try ByteLevelBPETokenizer(
                tokens: tokens, merges: merges, tokenTypes: types, preTokenizer: .gpt2)
        }
        #expect(throws: TokenizationError.tokenTypeCount(types: 1, tokens: 2)) {
            try build(["a", "b"], [], [1])
        }
        #expect(throws: TokenizationError.unknownTokenType(type: 7, index: 1)) {
            try build(["a", "b"], [], [1, 7])
        }
        for merge in ["ab", "a b c", " a", "a "] {
            #expect(throws: TokenizationError.malformedMerge(index: 0, merge: merge)) {
                try build(["a", "b", "c"], [merge], [1, 1, 1])
            }
        }
        #expect(throws: TokenizationError.mergeOutsideVocabulary(index: 0, merge: "a b", missing: "ab")) {
            try build(["a", "b"], ["a b"], [1, 1])
        }
        #expect(throws: TokenizationError.idOutsideVocabulary(id: 2, vocabularySize: 2)) {
            _ = try ByteLevelBPETokenizer(
                tokens: ["a", "b"], merges: [], tokenTypes: [1, 1], preTokenizer: .gpt2, textPrefix: [2])
        }
        #expect(
            throws: TokenizationError.unknownPreTokenizer(
                name: "x", known: PreTokenizer.allCases.filter { $0 != .unsplit }.map(\.rawValue))
        ) {
            _ = try PreTokenizer(ggufName: "x")
        }
        #expect(try PreTokenizer(ggufName: "deepseek-r1-qwen") == .qwen2)
        #expect(try PreTokenizer(ggufName: "smollm") == .smollm)
    }
}
