/// The names of a decoder's tensors in a GGUF file.
enum GGUFTensorNames {
    private static let whole = [
        "model.embed_tokens.weight": "token_embd.weight", "model.norm.weight": "output_norm.weight",
        "lm_head.weight": "output.weight",
    ]

    private static let parts = [
        "input_layernorm": "attn_norm", "self_attn.q_proj": "attn_q", "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v", "self_attn.o_proj": "attn_output", "self_attn.q_norm": "attn_q_norm",
        "self_attn.k_norm": "attn_k_norm", "post_attention_layernorm": "ffn_norm",
        "mlp.gate_proj": "ffn_gate",
        "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down",
    ]

    /// The GGUF name of a name of a Hugging Face checkpoint.
    ///
    /// - Throws: `LanguageModelError.configuration` for a name that llama.cpp's decoders do not have.
    static func gguf(_ name: String) throws -> String {
        if let name = whole[name] { return name }
        let steps = name.split(separator: ".")  // model, layers, index, [group,] part, kind
        guard steps.count >= 5, name.hasPrefix("model.layers."), let kind = steps.last,
            let part = parts[steps[3..<steps.count - 1].joined(separator: ".")]
        else {
            throw LanguageModelError.configuration("the weight '\(name)' has no name in a GGUF file")
        }
        return "blk.\(steps[2]).\(part).\(kind)"
    }
}
