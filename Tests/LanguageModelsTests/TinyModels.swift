import Foundation
import ModelFiles
import TestSupport
import Torch

@testable import LanguageModels
@testable import Tokenization

/// Models of a few thousand random weights, whose next token depends strongly on all tokens before it.
enum TinyModel {
    static let configuration = DecoderConfiguration(
        family: .llama, layerCount: 2, width: 16, headCount: 4, keyValueHeadCount: 2, headWidth: 4,
        feedForwardWidth: 24, vocabularySize: 40, ropeTheta: 10_000, normEpsilon: 1e-5, contextLength: 96,
        tiesEmbedding: true)

    /// A decoder; every seed has other weights.
    static func decoder(seed: Int) throws -> Decoder {
        var random = TestRandom(seed: seed)
        return try Decoder(configuration) { name in
            let shape = shape(name, configuration)
            let range = name.contains("norm") ? 0.5...1.5 : -1.0...1.0
            return try Tensor.from(random.values(shape.reduce(1, *), in: range).map(Float.init), shape: shape)
        }
    }

    static func shape(_ name: String, _ c: DecoderConfiguration) -> [Int] {
        let keyWidth = c.keyValueHeadCount * c.headWidth
        let rows = [
            "embed_tokens": [c.vocabularySize, c.width], "q_proj": [c.width, c.width],
            "k_proj": [keyWidth, c.width],
            "v_proj": [keyWidth, c.width], "o_proj": [c.width, c.width],
            "gate_proj": [c.feedForwardWidth, c.width],
            "up_proj": [c.feedForwardWidth, c.width], "down_proj": [c.width, c.feedForwardWidth],
        ]
        return rows.first { name.contains($0.key) }?.value ?? [c.width]
    }

    /// Prompts of different lengths.
    static func prompts(_ count: Int, seed: Int) -> [[Int32]] {
        var random = TestRandom(seed: 1000 + seed)
        return (0..<count).map { index in
            (0..<1 + (index * 5) % 13).map { _ in Int32.random(in: 0..<40, using: &random) }
        }
    }

    /// A GGUF file of architecture llama with a byte-level tokenizer.
    ///
    /// - Parameter padding: rows of the embedding beyond the tokenizer's tokens.
    static func ggufFile(seed: Int, padding: Int = 0) -> GGUFWriter {
        let tokens =
            ByteLevelAlphabet.scalars.map { String($0) }
            + ["he", "Ġt", "Ġthe", "<|endoftext|>", "<|im_start|>", "<|im_end|>"]
        var c = configuration
        c.vocabularySize = tokens.count + padding
        var file = GGUFWriter()
        file.metadata = [
            ("general.architecture", .string("llama")), ("llama.block_count", .integer(c.layerCount)),
            ("llama.embedding_length", .integer(c.width)),
            ("llama.attention.head_count", .integer(c.headCount)),
            ("llama.attention.head_count_kv", .integer(c.keyValueHeadCount)),
            ("llama.feed_forward_length", .integer(c.feedForwardWidth)),
            ("llama.context_length", .integer(96)),
            ("llama.rope.freq_base", .real(10_000)), ("llama.attention.layer_norm_rms_epsilon", .real(1e-5)),
            ("tokenizer.ggml.model", .string("gpt2")), ("tokenizer.ggml.pre", .string("smollm")),
            ("tokenizer.ggml.tokens", .strings(tokens)),
            ("tokenizer.ggml.merges", .strings(["h e", "Ġ t", "Ġt he"])),
            ("tokenizer.ggml.token_type", .integers(tokens.map { $0.hasPrefix("<|") ? 3 : 1 })),
            ("tokenizer.ggml.eos_token_id", .integer(tokens.count - 3)),
        ]
        var random = TestRandom(seed: seed)
        func add(_ name: String, as hugging: String) {
            let shape = shape(hugging, c)
            let range = hugging.contains("norm") ? 0.5...1.5 : -1.0...1.0
            file.tensors.append(
                .init(
                    name: name, shape: shape,
                    floats: random.values(shape.reduce(1, *), in: range).map(Float.init)))
        }
        add("token_embd.weight", as: "embed_tokens")
        let names = [
            "attn_norm": "norm", "attn_q": "q_proj", "attn_k": "k_proj", "attn_v": "v_proj",
            "attn_output": "o_proj",
            "ffn_norm": "norm", "ffn_gate": "gate_proj", "ffn_up": "up_proj", "ffn_down": "down_proj",
        ]
        for layer in 0..<c.layerCount {
            for (name, hugging) in names.sorted(by: { $0.key < $1.key }) {
                add("blk.\(layer).\(name).weight", as: hugging)
            }
        }
        add("output_norm.weight", as: "norm")
        return file
    }
}
