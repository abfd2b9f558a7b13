import Foundation
public import ModelFiles
import Torch

extension Decoder {
    /// A decoder with the dequantized weights of a GGUF file.
    ///
    /// - Throws: `LanguageModelError.file` naming a tensor that is missing or of another shape.
    public convenience init(_ file: GGUFFile) throws {
        let configuration = try DecoderConfiguration(file)
        let arena = try TensorArena(
            byteCount: TensorArena.byteCount(of: file.tensors.values.map(\.shape), type: .float32))
        do {
            try self.init(configuration) { name in
                let source = Self.ggufName(name)
                let tensor = try file.tensor(source, in: arena).to(.float32)
                // Only the converter of `llama` reorders rows.
                guard configuration.family == .llama else { return tensor }
                let heads =
                    name.hasSuffix("q_proj.weight")
                    ? configuration.headCount
                    : name.hasSuffix("k_proj.weight") ? configuration.keyValueHeadCount : 0
                if heads > 0 {
                    try withoutGrad { try tensor.copy(from: Self.halfSplit(tensor, heads: heads)) }
                }
                return tensor
            }
        } catch LanguageModelError.configuration(let message) {
            throw LanguageModelError.file(path: file.url.path, message: "does not fit: \(message)")
        }
    }

    /// GGUF orders the rows of a head as pairs of neighbours (for its own rotary embedding); Hugging Face has
    /// all first halves before all second halves. A weight of another shape is left for the decoder to
    /// refuse.
    private static func halfSplit(_ weight: Tensor, heads: Int) throws -> Tensor {
        guard weight.rank == 2, weight.shape[0] % (heads * 2) == 0 else { return weight }
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
        let parts = name.split(separator: ".").map(String.init)  // model, layers, index, [group,] part, kind
        guard parts.count > 4, let part = parts.dropLast().last, let kind = parts.last else { return name }
        return "blk.\(parts[2]).\(partNames[part] ?? part).\(kind)"
    }

    private static let partNames = [
        "input_layernorm": "attn_norm", "q_proj": "attn_q", "k_proj": "attn_k", "v_proj": "attn_v",
        "q_norm": "attn_q_norm", "k_norm": "attn_k_norm", "o_proj": "attn_output",
        "post_attention_layernorm": "ffn_norm", "gate_proj": "ffn_gate", "up_proj": "ffn_up",
        "down_proj": "ffn_down",
    ]
}
