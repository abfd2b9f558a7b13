import Testing
import Tokenization

@testable import Benchmarks

/// How a text is cut for encoding.
@Suite struct TokenizingBenchmarkTests {
    /// One token per byte.
    struct Bytes: Tokenizer {
        let vocabularySize = 256
        func id(of token: String) -> Int32? { nil }
        func encode(_ text: String, recognizesSpecialTokens: Bool) -> [Int32] { text.utf8.map(Int32.init) }
        func decode(_ ids: [Int32], skipsSpecialTokens: Bool) throws -> String { "" }
    }

    @Test(
        "Lines end at a newline, also after a carriage return, and no byte is lost",
        arguments: [
            ("a\nb", ["a\n", "b"]), ("a\r\nb\n", ["a\r\n", "b\n"]),
            ("\n\nü\u{2028}x", ["\n", "\n", "ü\u{2028}x"]),
        ])
    func lines(text: String, expected: [String]) {
        #expect(TokenizingBenchmark.lines(of: text) == expected)
    }

    @Test("The report counts the tokens and bytes of one pass over the text")
    func tokensOfAPass() throws {
        var work = try TokenizingBenchmark(Bytes(), text: "milk\neggs\n")
        let report = try work.measured(warmUp: 1, steps: 2)
        #expect(report.details == ["tokensPerStep": 10, "megabytesPerStep": 10e-6])
        #expect(report.fractionOfLimit == 0)
        #expect(report.tokensPerSecond > 0)
    }

    @Test("An empty text is an error")
    func emptyText() {
        #expect(throws: BenchmarkError.self) { try TokenizingBenchmark(Bytes(), text: "") }
    }
}
