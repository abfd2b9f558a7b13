import TestSupport
import Testing

/// `taiji embed` with a tiny decoder that embeds.
@Suite struct EmbedToolTests {
    private let model = "Tests/Golden/models/qwen3-embedding"

    private func embedding(_ arguments: [String]) throws -> [Double] {
        let result = try Program.run(["embed", "--model"] + arguments, input: #"{"text":"milk"}"# + "\n")
        #expect(result.status == 0, "\(result.errors)")
        return try #require(result.json()[0]["embedding"] as? [Double])
    }

    @Test("an instruction changes a decoder's embedding, which keeps unit length")
    func instructionChangesTheEmbedding() throws {
        let plain = try embedding([model])
        let instructed = try embedding([model, "--instruction", "find what goes with it"])
        #expect(plain.count == 32)
        #expect(difference(instructed, plain) > 0.01)
        #expect(difference(instructed.reduce(0) { $0 + $1 * $1 }, 1) < Tolerance.float32)
    }

    @Test("an instruction to BERT is an error") func instructionToBERTIsAnError() throws {
        let result = try Program.run(
            ["embed", "--model", "Tests/Golden/models/bert", "--instruction", "find"],
            input: #"{"text":"milk"}"# + "\n")
        #expect(result.status != 0)
        #expect(result.errors.contains("takes no instruction"))
    }
}
