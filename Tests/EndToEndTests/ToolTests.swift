import Foundation
import TestSupport
import Testing

/// The single tools on standard input.
@Suite(.serialized) struct ToolTests {
    @Test func tokenizingAndDecodingReturnTheText() throws {
        let text = "fresh milk, 12 oz <|im_end|> 🥛"
        let line = String(decoding: try JSONEncoder().encode(["text": text]), as: UTF8.self)
        let ids = try Program.run(["tokenize", "--model", "smollm2"], input: line + "\n")
        #expect(ids.status == 0, "\(ids.errors)")
        let back = try Program.run(["tokenize", "--model", "smollm2", "--decode"], input: ids.output)
        #expect(try back.json()[0]["text"] as? String == text)
    }

    @Test func scoringFindsTheLikelierAnswer() throws {
        let result = try Program.run(
            ["score", "--model", "smollm2"],
            input: """
                {"prompt":"The capital of France is","answer":" Paris"}
                {"prompt":"The capital of France is","answer":" cheese"}
                """)
        #expect(result.status == 0, "\(result.errors)")
        let scores = try result.json()
        let perplexities = scores.compactMap { $0["perplexity"] as? Double }
        try #require(perplexities.count == 2)
        #expect(perplexities[0] < perplexities[1])
        let first = try #require(scores[0]["logLikelihood"] as? Double)
        let tokens = try #require(scores[0]["tokens"] as? Int)
        #expect(abs(exp(-first / Double(tokens)) - perplexities[0]) < 1e-9 * perplexities[0])
    }

    @Test func generatingTwiceWithOneSeedGivesTheSameBytes() throws {
        let arguments = [
            "generate", "--max-tokens", "6", "--temperature", "1", "--count", "3", "--seed", "11",
        ]
        let input = #"{"prompt":"Shopping list:"}"# + "\n"
        let first = try Program.run(arguments, input: input)
        let second = try Program.run(arguments, input: input)
        #expect(first.status == 0, "\(first.errors)")
        #expect(first.output == second.output)
        let completions = try #require(first.json()[0]["completions"] as? [[String: Any]])
        #expect(completions.count == 3)
        #expect(
            Set(completions.compactMap { $0["text"] as? String }).count > 1, "rollouts of a group must differ"
        )
    }

    @Test func anEmbeddingHasUnitLength() throws {
        let result = try Program.run(["embed", "--model", "minilm"], input: #"{"text":"whole milk"}"# + "\n")
        #expect(result.status == 0, "\(result.errors)")
        let embedding = try #require(result.json()[0]["embedding"] as? [Double])
        #expect(embedding.count == 384)
        #expect(abs(embedding.reduce(0) { $0 + $1 * $1 } - 1) < 1e-5)
    }
}
