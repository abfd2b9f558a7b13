import Torch
import TorchNN

/// One block of a Llama-family decoder: attention and a gated feed-forward layer, each after RMSNorm and
/// added to the residual stream.
struct DecoderLayer {
    let inputNorm: Tensor  // [D]
    let query: Tensor  // [H·d, D]
    let key: Tensor  // [Hkv·d, D]
    let value: Tensor  // [Hkv·d, D]
    let output: Tensor  // [D, H·d]
    let postNorm: Tensor  // [D]
    let gate: Tensor  // [F, D]
    let up: Tensor  // [F, D]
    let down: Tensor  // [D, F]

    /// Names in a Hugging Face checkpoint, in the order of the properties.
    static let names = [
        "input_layernorm.weight", "self_attn.q_proj.weight", "self_attn.k_proj.weight",
        "self_attn.v_proj.weight",
        "self_attn.o_proj.weight", "post_attention_layernorm.weight", "mlp.gate_proj.weight",
        "mlp.up_proj.weight",
        "mlp.down_proj.weight",
    ]

    /// - Parameter read: gives the weight with one of `names`.
    init(_ read: (String) throws -> Tensor) throws {
        let weights = try Self.names.map(read)
        (inputNorm, query, key, value) = (weights[0], weights[1], weights[2], weights[3])
        (output, postNorm, gate, up, down) = (weights[4], weights[5], weights[6], weights[7], weights[8])
    }

    var weights: [Tensor] { [inputNorm, query, key, value, output, postNorm, gate, up, down] }

    /// - Parameters:
    ///   - stream: residual stream, `[T, D]`.
    ///   - attend: heads `[T, H, d]`, `[T, Hkv, d]`, `[T, Hkv, d]` to mixed values `[T, H·d]`.
    func callAsFunction(
        _ stream: Tensor, _ configuration: DecoderConfiguration, _ rotate: RotaryEmbedding,
        attend: (_ queries: Tensor, _ keys: Tensor, _ values: Tensor) throws -> Tensor
    ) throws -> Tensor {
        let epsilon = configuration.normEpsilon
        let tokens = stream.shape[0]
        let heads = { try ($0 as Tensor).reshaped(tokens, -1, configuration.headWidth) }
        let normed = try stream.rmsNorm(weight: inputNorm, epsilon: epsilon)  // [T, D]
        let mixed = try attend(
            rotate(heads(normed.linear(query))), rotate(heads(normed.linear(key))),
            heads(normed.linear(value)))
        let middle = try stream + mixed.linear(output)
        let inner = try middle.rmsNorm(weight: postNorm, epsilon: epsilon)
        return try middle + (inner.linear(gate).silu() * inner.linear(up)).linear(down)
    }
}
