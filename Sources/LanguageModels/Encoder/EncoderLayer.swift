import Torch

/// One block of BERT: self-attention and a feed-forward layer, each added to its input and then normalized.
struct EncoderLayer {
    private struct Dense {
        let weight: Tensor
        let bias: Tensor

        init(_ name: String, _ read: (String) throws -> Tensor) throws {
            weight = try read("\(name).weight")
            bias = try read("\(name).bias")
        }

        func callAsFunction(_ x: Tensor) throws -> Tensor { try x.linear(weight, bias: bias) }
        func normalize(_ x: Tensor, _ epsilon: Double) throws -> Tensor {
            try x.layerNorm(weight: weight, bias: bias, epsilon: epsilon)
        }
    }

    private let query, key, value, attentionOutput, attentionNorm, intermediate, output, outputNorm: Dense

    init(_ read: (String) throws -> Tensor) throws {
        query = try Dense("attention.self.query", read)
        key = try Dense("attention.self.key", read)
        value = try Dense("attention.self.value", read)
        attentionOutput = try Dense("attention.output.dense", read)
        attentionNorm = try Dense("attention.output.LayerNorm", read)
        intermediate = try Dense("intermediate.dense", read)
        output = try Dense("output.dense", read)
        outputNorm = try Dense("output.LayerNorm", read)
    }

    /// - Parameters:
    ///   - x: `[B, T, D]`.
    ///   - mask: added to scores, `[B, 1, 1, T]`.
    func callAsFunction(_ x: Tensor, mask: Tensor, _ configuration: EncoderConfiguration) throws -> Tensor {
        let (batch, tokens, width) = try x.shape3
        let heads = { (y: Tensor) in
            try y.reshaped(batch, tokens, configuration.headCount, -1).transposed(1, 2)
        }
        let mixed = try Tensor.attention(
            queries: heads(query(x)), keys: heads(key(x)), values: heads(value(x)), mask: mask
        )
        .transposed(1, 2).reshaped(batch, tokens, width)
        let attended = try attentionNorm.normalize(attentionOutput(mixed) + x, configuration.normEpsilon)
        return try outputNorm.normalize(
            output(intermediate(attended).gelu()) + attended, configuration.normEpsilon)
    }
}
