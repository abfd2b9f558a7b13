import Torch

extension Decoder {
    /// A decoder with the dequantized weights of a GGUF file.
    ///
    /// - Throws: `LanguageModelError.file` naming a tensor that is missing.
    public convenience init(_ file: GGUFFile) throws {
        let configuration = try DecoderConfiguration(file)
        try self.init(configuration) { name in
            let source = Self.ggufName(name)
            var tensor = try Tensor.from(file.values(source), shape: file.info(source).shape)
            if name.hasSuffix("q_proj.weight") {
                tensor = try Self.halfSplit(tensor, heads: configuration.headCount)
            } else if name.hasSuffix("k_proj.weight") {
                tensor = try Self.halfSplit(tensor, heads: configuration.keyValueHeadCount)
            }
            return tensor
        }
    }

    /// GGUF orders the rows of a head as pairs of neighbours (for its own rotary embedding); Hugging Face has
    /// all first halves before all second halves.
    private static func halfSplit(_ weight: Tensor, heads: Int) throws -> Tensor {
        let (rows, columns) = try weight.shape2
        return try weight.reshaped(heads, rows / heads / 2, 2, columns).transposed(1, 2)
            .reshaped(rows, columns).contiguous()
    }

    private static func ggufName(_ name: String) -> String {
        switch name {
        case "model.embed_tokens.weight": return "token_embd.weight"
        case "model.norm.weight": return "output_norm.weight"
        case "lm_head.weight": return "output.weight"
        default: break
        }
        let parts = name.split(separator: ".", maxSplits: 3)  // model, layers, index, rest
        let rest = [
            "input_layernorm.weight": "attn_norm.weight", "self_attn.q_proj.weight": "attn_q.weight",
            "self_attn.k_proj.weight": "attn_k.weight", "self_attn.v_proj.weight": "attn_v.weight",
            "self_attn.o_proj.weight": "attn_output.weight",
            "post_attention_layernorm.weight": "ffn_norm.weight", "mlp.gate_proj.weight": "ffn_gate.weight",
            "mlp.up_proj.weight": "ffn_up.weight", "mlp.down_proj.weight": "ffn_down.weight",
        ]
        guard parts.count == 4, let suffix = rest[String(parts[3])] else { return name }
        return "blk.\(parts[2]).\(suffix)"
    }
}
