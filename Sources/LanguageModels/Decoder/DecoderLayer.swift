import Torch
import TorchNN

/// One block of a decoder: attention and a gated feed-forward layer, each after RMSNorm and added to the
/// residual stream. The families differ in biases and head norms alone.
struct DecoderLayer {
    let inputNorm: Tensor  // [D]
    var query: Projection  // [H·d, D]
    var key: Projection  // [Hkv·d, D]
    var value: Projection  // [Hkv·d, D]
    let headNorms: (query: Tensor, key: Tensor)?  // [d]
    var output: Projection  // [D, H·d]
    let postNorm: Tensor  // [D]
    var gate: Projection  // [F, D]
    var up: Projection  // [F, D]
    var down: Projection  // [D, F]

    /// - Parameter read: gives the weight of a name of a Hugging Face checkpoint below the layer, of a shape.
    init(
        _ configuration: DecoderConfiguration, _ read: (_ name: String, _ shape: [Int]) throws -> Tensor
    ) throws {
        let (width, inner) = (configuration.width, configuration.feedForwardWidth)
        let headWidth = configuration.headWidth
        let queryWidth = configuration.headCount * headWidth
        let keyWidth = configuration.keyValueHeadCount * headWidth
        func biased(_ name: String, _ outputs: Int) throws -> Projection {
            try Projection(
                weight: read("self_attn.\(name).weight", [outputs, width]),
                bias: configuration.hasAttentionBias ? read("self_attn.\(name).bias", [outputs]) : nil)
        }
        inputNorm = try read("input_layernorm.weight", [width])
        query = try biased("q_proj", queryWidth)
        key = try biased("k_proj", keyWidth)
        value = try biased("v_proj", keyWidth)
        headNorms =
            configuration.hasQueryKeyNorm
            ? (
                try read("self_attn.q_norm.weight", [headWidth]),
                try read("self_attn.k_norm.weight", [headWidth])
            ) : nil
        output = Projection(weight: try read("self_attn.o_proj.weight", [width, queryWidth]))
        postNorm = try read("post_attention_layernorm.weight", [width])
        gate = Projection(weight: try read("mlp.gate_proj.weight", [inner, width]))
        up = Projection(weight: try read("mlp.up_proj.weight", [inner, width]))
        down = Projection(weight: try read("mlp.down_proj.weight", [width, inner]))
    }

    /// - Parameters:
    ///   - stream: residual stream, `[T, D]`.
    ///   - rows: the rows to go on with after attention, int64; nil for all.
    ///   - attend: heads `[T, H, d]`, `[T, Hkv, d]`, `[T, Hkv, d]` to mixed values `[T, H·d]`.
    func callAsFunction(
        _ stream: Tensor, _ configuration: DecoderConfiguration, _ rotate: RotaryEmbedding,
        rows: Tensor?, productType: ElementType?,
        attend: (_ queries: Tensor, _ keys: Tensor, _ values: Tensor) throws -> Tensor
    ) throws -> Tensor {
        let epsilon = configuration.normEpsilon
        let tokens = stream.shape[0]
        let heads = try Projection.all(
            [query, key, value], of: stream, norm: inputNorm, epsilon: epsilon, productType: productType
        ).map { try $0.reshaped(tokens, -1, configuration.headWidth) }  // [T, heads, d]
        let normed = { (heads: Tensor, norm: Tensor?) in
            try norm.map { try heads.rmsNorm(weight: $0, epsilon: epsilon) } ?? heads
        }
        let attended = try attend(
            rotate(normed(heads[0], headNorms?.query)), rotate(normed(heads[1], headNorms?.key)), heads[2])
        let read = { (all: Tensor) in try rows.map { try all.selecting($0) } ?? all }
        let middle = try read(stream) + output(read(attended), productType: productType)
        let inner = try Projection.all(
            [gate, up], of: middle, norm: postNorm, epsilon: epsilon, productType: productType)  // [T, F]
        return try middle + contract(gate: inner[0], up: inner[1], productType)
    }

    /// The second half of the feed-forward layer, in one call where `down` is a weight alone.
    private func contract(gate: Tensor, up: Tensor, _ productType: ElementType?) throws -> Tensor {
        if down.adapter == nil, down.bias == nil {
            return try Tensor.gatedLinear(gate: gate, up: up, weight: down.weight, productType: productType)
        }
        return try down(Tensor.gated(gate, up), productType: productType)
    }
}
