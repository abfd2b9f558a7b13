import Benchmarks
import Foundation
import LanguageModels
import Testing

/// The operation counts that benchmarks report, checked by hand.
@Suite struct ArithmeticTests {
    /// Two layers of width 4 with two query heads, one key and value head of width 2 each, and a feed-forward
    /// width of 6: 16 weights of a layer make keys and values and 104 do not; 10 tokens, so 40 output
    /// weights.
    static let configuration = """
        {"model_type": "llama", "hidden_act": "silu", "num_hidden_layers": 2, "hidden_size": 4,
         "num_attention_heads": 2, "num_key_value_heads": 1, "head_dim": 2, "intermediate_size": 6,
         "vocab_size": 10, "rope_theta": 10000, "rms_norm_eps": 1e-5, "max_position_embeddings": 96,
         "tie_word_embeddings": true}
        """

    private func arithmetic() throws -> Arithmetic {
        Arithmetic(try JSONDecoder().decode(DecoderConfiguration.self, from: Data(Self.configuration.utf8)))
    }

    @Test("Three tokens of which the last is scored need 1,248 operations")
    func prefillByHand() throws {
        // First layer: 3 · 120 weights, and 1 + 2 + 3 seen keys, each 4 products for scores and 4 for values.
        // Last layer: 3 · 16 weights for keys and values; one token with 104 weights that sees 3 keys.
        let products = (3 * 120 + 6 * 8) + (3 * 16 + 104 + 3 * 8) + 40
        #expect(products == 624)
        #expect(try arithmetic().forward(tokens: 3, scored: 1) == 2 * 624)
    }

    @Test("Two new tokens after three cached ones see four and five keys")
    func decodingByHand() throws {
        #expect(
            try arithmetic().decoding(tokens: 2, after: 3) == Double(2 * (2 * (2 * 120 + 9 * 8) + 2 * 40)))
    }

    @Test("Operations of single decoding steps add up to those of all steps")
    func decodingAddsUp() throws {
        let arithmetic = try arithmetic()
        let steps = (0..<7).map { arithmetic.decoding(tokens: 1, after: 11 + $0) }
        #expect(arithmetic.decoding(tokens: 7, after: 11) == steps.reduce(0, +))
    }

    @Test(
        "Scoring counts a shared prompt once, and a last token that predicts nothing not at all"
    )
    func scoringSharesThePrompt() throws {
        let arithmetic = try arithmetic()
        let one = arithmetic.scoring(prompt: 9, group: 1, continuation: 5)
        let four = arithmetic.scoring(prompt: 9, group: 4, continuation: 5)
        #expect(four - one == 3 * arithmetic.decoding(tokens: 4, after: 9))
        #expect(
            arithmetic.scoring(prompt: 9, group: 4, continuation: 1)
                == arithmetic.forward(tokens: 9, scored: 1))
    }

    @Test("Training is three forward passes in which every token but the last is scored")
    func trainingByHand() throws {
        // Two layers of 2 · 120 weights and 1 + 2 seen keys, and the scores of two positions.
        #expect(try arithmetic().training(tokens: 3) == Double(3 * 2 * (2 * (2 * 120 + 3 * 8) + 2 * 40)))
    }
}
