import Foundation
import Testing

@testable import Tokenization

@Suite struct PreTokenizerTests {
    private struct WordsCase: Decodable {
        var text: String
        var byteLengths: [String: [Int]]
    }

    private static func words(_ text: String, _ kind: PreTokenizer) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            var words: [String] = []
            kind.forEachWord(in: bytes) { words.append(String(decoding: $0, as: UTF8.self)) }
            return words
        }
    }

    @Test("SmolLM isolates digits and keeps spaces before them together") func smolLMIsolatesDigits() {
        #expect(
            Self.words("It's 12  x   34\n\n y", .smollm) == [
                "It", "'s", " ", "1", "2", " ", " x", "   ", "3", "4", "\n\n", " y",
            ])
        #expect(
            Self.words("It's 12  x   34\n\n y", .gpt2) == [
                "It", "'s", " 12", " ", " x", "  ", " 34", "\n\n", " y",
            ])
    }

    @Test("Llama 3 groups up to three digits and keeps newlines with the punctuation before them")
    func llama3GroupsThreeDigits() {
        #expect(
            Self.words("IT'S 12345;\n\n  x\n y(z", .llama3) == [
                "IT", "'S", " ", "123", "45", ";\n\n", " ", " x", "\n", " y", "(z",
            ])
        #expect(Self.words("x12 \n3", .qwen2) == ["x", "1", "2", " \n", "3"])
    }

    @Test("words are split as in the reference", arguments: PreTokenizer.allCases) func wordsMatchReference(
        kind: PreTokenizer
    ) throws {
        let cases = try TokenizerFiles.golden("words.json", as: WordsCase.self)
        #expect(cases.count >= 60)
        for expected in cases {
            let text =
                kind.normalizesToNFC ? expected.text.precomposedStringWithCanonicalMapping : expected.text
            #expect(
                Self.words(text, kind).map(\.utf8.count) == expected.byteLengths[kind.rawValue],
                "\(text.debugDescription)")
        }
    }

    @Test("Qwen2 normalizes text before encoding it") func qwen2NormalizesFirst() throws {
        let tokenizer = try TokenizerFiles.smolLM2Tokenizer(.qwen2)
        #expect(
            scalars(try tokenizer.decode(tokenizer.encode("cafe\u{301} 각"))) == scalars("caf\u{e9} \u{ac01}"))
    }
}
