public import Foundation
import ModelFiles
import TestSupport
import Torch

/// A folder in Hugging Face layout with a Llama of some thousand random weights and a byte-level tokenizer.
public enum TinyModelFolder {
    private static let vocabulary = 259
    private static let (width, inner, layers) = (16, 24, 2)

    /// Writes the folder; the same seed gives the same weights.
    ///
    /// - Parameter contextLength: tokens that a prompt and its completion may have.
    public static func write(to folder: URL, seed: Int, contextLength: Int = 128) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let configuration: [String: Any] = [
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": width,
            "intermediate_size": inner, "num_hidden_layers": layers, "num_attention_heads": 4,
            "num_key_value_heads": 2, "vocab_size": vocabulary, "rope_theta": 10_000.0, "rms_norm_eps": 1e-5,
            "max_position_embeddings": contextLength, "tie_word_embeddings": true, "hidden_act": "silu",
            "eos_token_id": 258,
        ]
        try JSONSerialization.data(withJSONObject: configuration, options: .sortedKeys)
            .write(to: folder.appending(path: "config.json"))
        try tokenizer().write(to: folder.appending(path: "tokenizer.json"))
        var random = TestRandom(seed: seed)
        var shapes: [(String, [Int])] = [
            ("model.embed_tokens.weight", [vocabulary, width]), ("model.norm.weight", [width]),
        ]
        for layer in 0..<layers {
            let named = [
                ("input_layernorm", [width]), ("post_attention_layernorm", [width]),
                ("self_attn.q_proj", [width, width]), ("self_attn.k_proj", [8, width]),
                ("self_attn.v_proj", [8, width]), ("self_attn.o_proj", [width, width]),
                ("mlp.gate_proj", [inner, width]), ("mlp.up_proj", [inner, width]),
                ("mlp.down_proj", [width, inner]),
            ]
            shapes += named.map { ("model.layers.\(layer).\($0).weight", $1) }
        }
        let tensors = try shapes.map { name, shape in
            let range = name.contains("norm") ? 0.5...1.5 : -0.7...0.7
            let numbers = random.values(shape.reduce(1, *), in: range).map(Float.init)
            return (name: name, tensor: try Tensor.from(numbers, shape: shape))
        }
        try SafetensorsFile.write(tensors, to: folder.appending(path: "model.safetensors"))
    }

    private static func tokenizer() throws -> Data {
        // GPT-2's stand-ins: printable Latin-1 for itself, the others from U+0100 on.
        var next: UInt32 = 0x100
        let letters = (0..<256).map { (byte: UInt32) -> String in
            let isPrintable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            defer { if !isPrintable { next += 1 } }
            return Unicode.Scalar(isPrintable ? byte : next).map { String($0) } ?? ""
        }
        let special = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
        let tokens = letters + special
        let added = special.enumerated().map { index, text in
            [
                "id": 256 + index, "content": text, "special": true, "single_word": false, "lstrip": false,
                "rstrip": false, "normalized": false,
            ] as [String: Any]
        }
        let file: [String: Any] = [
            "version": "1.0", "added_tokens": added,
            "pre_tokenizer": [
                "type": "Sequence",
                "pretokenizers": [
                    ["type": "Digits", "individual_digits": true],
                    [
                        "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
                        "use_regex": true,
                    ],
                ] as [[String: Any]],
            ] as [String: Any],
            "decoder": [
                "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true,
            ] as [String: Any],
            "model": [
                "type": "BPE", "merges": [String](),
                "vocab": Dictionary(uniqueKeysWithValues: zip(tokens, tokens.indices)),
            ] as [String: Any],
        ]
        return try JSONSerialization.data(withJSONObject: file, options: .sortedKeys)
    }
}
