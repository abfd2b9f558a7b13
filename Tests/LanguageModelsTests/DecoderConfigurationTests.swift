import Foundation
import TestSupport
import Testing

@testable import LanguageModels
@testable import ModelFiles

@Suite struct DecoderConfigurationTests {
    private let sizes: [String: Any] = [
        "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 40,
        "vocab_size": 72,
    ]

    private func read(_ family: String, _ more: [String: Any] = [:]) throws -> DecoderConfiguration {
        let keys = sizes.merging(["model_type": family]) { $1 }.merging(more) { $1 }
        return try JSONDecoder().decode(
            DecoderConfiguration.self, from: JSONSerialization.data(withJSONObject: keys))
    }

    private func message(_ family: String, _ more: [String: Any]) -> String {
        do { _ = try read(family, more) } catch { return "\(error)" }
        return "no error"
    }

    private let llama3: [String: Any] = [
        "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 8192,
    ]

    @Test("configurations written by transformers 4 and 5 are read alike")
    func configsOfTransformers4And5Agree() throws {
        let four = try read(
            "llama", ["rope_theta": 5e5, "rope_scaling": llama3.merging(["rope_type": "llama3"]) { $1 }])
        let older = try read(
            "llama", ["rope_theta": 5e5, "rope_scaling": llama3.merging(["type": "llama3"]) { $1 }])
        let five = try read(
            "llama", ["rope_parameters": llama3.merging(["rope_type": "llama3", "rope_theta": 5e5]) { $1 }])
        #expect(four == five)
        #expect(older == five)
        #expect(five.ropeTheta == 5e5)
        #expect(
            five.ropeScaling
                == .llama3(
                    Llama3Scaling(
                        factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalContextLength: 8192
                    )))
        let null = try read("qwen2", ["rope_scaling": NSNull(), "rope_theta": 1e6, "head_dim": NSNull()])
        #expect(null.ropeScaling == nil)
        #expect(null.headWidth == 8)
        #expect(
            null == (try read("qwen2", ["rope_parameters": ["rope_type": "default", "rope_theta": 1e6]])))
    }

    @Test("keys missing from config.json have the family's defaults") func missingKeysHaveFamilyDefaults()
        throws
    {
        let plain = try read("llama")
        #expect(plain.keyValueHeadCount == 4)
        #expect(plain.headWidth == 8)
        #expect(plain.ropeTheta == 10_000)
        #expect(plain.normEpsilon == 1e-6)
        #expect(!plain.tiesEmbedding)
        #expect(plain.beginToken == nil)
        #expect(plain.endTokens.isEmpty)
        #expect(try read("qwen3").headWidth == 128)
        #expect(try read("qwen3", ["head_dim": 16]).headWidth == 16)
        #expect(try read("llama", ["eos_token_id": 7]).endTokens == [7])
        #expect(try read("llama", ["eos_token_id": [7, 9]]).endTokens == [7, 9])
    }

    @Test("a written configuration reads back the same") func configurationRoundTrip()
        throws
    {
        let rope = llama3.merging(["rope_type": "llama3", "rope_theta": 5e5]) { $1 }
        for original in [
            try read("llama", ["rope_parameters": rope, "eos_token_id": [7, 9], "bos_token_id": 3]),
            try read("qwen2", ["tie_word_embeddings": true, "eos_token_id": 7]), try read("qwen3"),
        ] {
            let data = try JSONEncoder().encode(original)
            #expect(try JSONDecoder().decode(DecoderConfiguration.self, from: data) == original)
            let keys = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            // Left out, transformers would take Llama's 1 and 2.
            #expect(keys.keys.contains("bos_token_id") && keys.keys.contains("eos_token_id"))
        }
        var divided = try read("llama")
        divided.ropeScaling = .divisors([1, 2, 3, 4])
        #expect(throws: LanguageModelError.self) { _ = try JSONEncoder().encode(divided) }
    }

    @Test("settings that would change the results and are not supported are refused by name")
    func unsupportedSettingsAreRefused() {
        #expect(message("gemma3", [:]).contains("'gemma3'; decoders of these load: llama, qwen2, qwen3"))
        #expect(message("llama", ["hidden_act": "gelu"]).contains("the activation 'gelu'"))
        #expect(message("llama", ["attention_bias": true]).contains("has attention_bias"))
        #expect(message("qwen3", ["attention_bias": true]).contains("has attention_bias"))
        #expect(message("llama", ["mlp_bias": true]).contains("has mlp_bias"))
        #expect(message("llama", ["partial_rotary_factor": 0.5]).contains("a partial_rotary_factor of 0.5"))
        #expect(message("qwen2", ["use_mrope": true]).contains("use_mrope"))
        #expect(
            message("llama", ["quantization_config": ["quant_method": "gptq"]]).contains(
                "quantized by 'gptq'"))
        for kind in ["linear", "dynamic", "longrope"] {
            #expect(
                message("qwen2", ["rope_scaling": ["type": kind, "factor": 4.0]]).contains(
                    "scaling '\(kind)'"))
        }
        let window: [String: Any] = [
            "use_sliding_window": true, "sliding_window": 4096, "max_position_embeddings": 32_768,
        ]
        let lowest = window.merging(["max_window_layers": 1]) { $1 }
        #expect(message("qwen2", lowest).contains("a sliding window of 4096 tokens"))
        #expect(message("qwen2", window.merging(["max_window_layers": 2]) { $1 }) == "no error")
        #expect(message("qwen2", lowest.merging(["use_sliding_window": false]) { $1 }) == "no error")
        let layers = ["full_attention", "sliding_attention"]
        #expect(message("qwen3", window.merging(["layer_types": layers]) { $1 }).contains("a sliding window"))
    }

    @Test("impossible sizes are refused") func impossibleSizesAreRefused() {
        #expect(message("llama", ["num_attention_heads": 0]).contains("has no attention heads"))
        #expect(message("llama", ["num_key_value_heads": 3]).contains("no multiple of its 3 key/value heads"))
        #expect(message("llama", ["head_dim": 7]).contains("heads of width 7; rotary positions need an even"))
        #expect(message("llama", ["num_hidden_layers": -1]).contains("has -1 layers"))
        #expect(message("llama", ["hidden_size": 1 << 40]).contains("numbers in a token's vector"))
        #expect(message("llama", ["rope_theta": 0]).contains("a rotary base of 0.0"))
        #expect(message("llama", ["rms_norm_eps": -1.0]).contains("ε of -1.0"))
        let rope = llama3.merging(["rope_type": "llama3", "high_freq_factor": 1.0]) { $1 }
        #expect(message("llama", ["rope_parameters": rope]).contains("0 < low < high frequency factor"))
        #expect(message("llama", ["rope_scaling": ["type": "llama3"]]).contains("without factor"))
    }

    @Test("a GGUF file that requires something unsupported is refused by name")
    func unsupportedGGUFIsRefused() throws {
        func message(_ change: (inout GGUFWriter) -> Void) throws -> String {
            try withTemporaryFolder { folder in
                var writer = TinyModel.ggufFile(seed: 1)
                change(&writer)
                let url = folder.appending(path: "model.gguf")
                try writer.data.write(to: url)
                do { _ = try DecoderConfiguration(GGUFFile(url)) } catch { return "\(error)" }
                return "no error"
            }
        }
        #expect(try message { _ in } == "no error")
        let cases: [(String, GGUFValue, String)] = [
            ("expert_count", .integer(8), "has 8 experts a layer"),
            ("rope.scaling.type", .string("yarn"), "has rotary scaling 'yarn'"),
            ("rope.dimension_count", .integer(2), "rotates 2 of a head's 4 numbers"),
            ("attention.value_length", .integer(8), "heads of width 4 with values of width 8"),
            ("attention.key_length", .integer(3), "heads of width 3"),
        ]
        for (key, value, expected) in cases {
            #expect(try message { $0.metadata.append(("llama.\(key)", value)) }.contains(expected))
        }
        let bias = GGUFWriter.TensorRecord(
            name: "blk.0.attn_q.bias", shape: [16], floats: Array(repeating: 0, count: 16))
        #expect(try message { $0.tensors.append(bias) }.contains("has an attention bias"))
        let divisors = GGUFWriter.TensorRecord(name: "rope_freqs.weight", shape: [3], floats: [1, 2, 3])
        #expect(try message { $0.tensors.append(divisors) }.contains("3 rotary divisors; expected 2"))
        let ends = try withTemporaryFolder { folder in
            var writer = TinyModel.ggufFile(seed: 1)
            writer.metadata += [("tokenizer.ggml.eot_token_id", .integer(5))]
            let url = folder.appending(path: "model.gguf")
            try writer.data.write(to: url)
            return try DecoderConfiguration(GGUFFile(url)).endTokens
        }
        #expect(ends == [259, 5])
    }
}
