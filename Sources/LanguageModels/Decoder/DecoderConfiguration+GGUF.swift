import Foundation
public import ModelFiles

extension DecoderConfiguration {
    /// Reads the sizes from a GGUF file of architecture `llama`, `qwen2` or `qwen3`.
    ///
    /// - Throws: `LanguageModelError.file` naming the missing key, the other architecture or the setting that
    ///   is not supported.
    public init(_ file: GGUFFile) throws {
        let architecture = try file.required("general.architecture", \.string)
        func fail(_ message: String) -> LanguageModelError { .file(path: file.url.path, message: message) }
        guard let family = DecoderFamily(rawValue: architecture) else {
            throw fail("is of architecture '\(architecture)'; expected one of \(DecoderFamily.names)")
        }
        func value(_ key: String) -> GGUFValue? { file.metadata["\(architecture).\(key)"] }
        func integer(_ key: String) throws -> Int { try file.required("\(architecture).\(key)", \.integer) }

        self.family = family
        layerCount = try integer("block_count")
        width = try integer("embedding_length")
        headCount = try integer("attention.head_count")
        keyValueHeadCount =
            try value("attention.head_count_kv").map { _ in
                try integer("attention.head_count_kv")
            } ?? headCount
        headWidth = value("attention.key_length")?.integer ?? (headCount > 0 ? width / headCount : 0)
        feedForwardWidth = try integer("feed_forward_length")
        vocabularySize = try file.info("token_embd.weight").shape.first ?? 0
        ropeTheta = value("rope.freq_base")?.real ?? 10_000
        normEpsilon = try file.required("\(architecture).attention.layer_norm_rms_epsilon", \.real)
        contextLength = try integer("context_length")
        tiesEmbedding = file.tensors["output.weight"] == nil
        beginToken = file.metadata["tokenizer.ggml.bos_token_id"]?.integer
        for key in ["eos", "eot", "eom"] {
            guard let token = file.metadata["tokenizer.ggml.\(key)_token_id"]?.integer else { continue }
            if !endTokens.contains(token) { endTokens.append(token) }
        }
        // GGUF keeps ε as float32; the model's own configuration has the short decimal number.
        normEpsilon = Double("\(Float(normEpsilon))") ?? normEpsilon

        if let valueWidth = value("attention.value_length")?.integer, valueWidth != headWidth {
            throw fail(
                "has heads of width \(headWidth) with values of width \(valueWidth); expected the same")
        }
        if let rotated = value("rope.dimension_count")?.integer, rotated != headWidth {
            throw fail("rotates \(rotated) of a head's \(headWidth) numbers; expected all")
        }
        if let scaling = value("rope.scaling.type")?.string, scaling != "none" {
            throw fail("has rotary scaling '\(scaling)', which is not supported; 'none' and llama3's are")
        }
        if let experts = value("expert_count")?.integer, experts > 0 {
            throw fail("has \(experts) experts a layer; decoders with one feed-forward layer load")
        }
        if family != .qwen2, file.tensors["blk.0.attn_q.bias"] != nil {
            throw fail("has an attention bias, which '\(architecture)' decoders here do not")
        }
        if file.tensors["rope_freqs.weight"] != nil {
            ropeScaling = RotaryScaling(
                divisors: try file.values("rope_freqs.weight"), theta: ropeTheta,
                originalLengths: [
                    value("rope.scaling.original_context_length")?.integer, 8192, contextLength,
                ].compactMap { $0 }.filter { $0 > 0 })
        }
        do { try validate() } catch LanguageModelError.configuration(let message) { throw fail(message) }
    }
}
