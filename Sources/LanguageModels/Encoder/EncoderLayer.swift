import Torch

/// One block of BERT: self-attention and a feed-forward layer, each added to its input and then normalized.
struct EncoderLayer {
    private struct Dense {
        let weight: Tensor
        let bias: Tensor

        /// - Parameter shape: the weight's; the bias has the length of its first axis.
        init(_ name: String, _ shape: [Int], _ read: (String, [Int]) throws -> Tensor) throws {
            weight = try read("\(name).weight", shape)
            bias = try read("\(name).bias", Array(shape.prefix(1)))
        }

        func callAsFunction(_ x: Tensor) throws -> Tensor { try x.linear(weight, bias: bias) }
        func normalize(_ x: Tensor, _ epsilon: Double) throws -> Tensor {
            try x.layerNorm(weight: weight, bias: bias, epsilon: epsilon)
        }
    }

    private let query, key, value, attentionOutput, attentionNorm, intermediate, output, outputNorm: Dense

    init(_ c: EncoderConfiguration, _ read: (String, [Int]) throws -> Tensor) throws {
        let square = [c.width, c.width]
        query = try Dense("attention.self.query", square, read)
        key = try Dense("attention.self.key", square, read)
        value = try Dense("attention.self.value", square, read)
        attentionOutput = try Dense("attention.output.dense", square, read)
        attentionNorm = try Dense("attention.output.LayerNorm", [c.width], read)
        intermediate = try Dense("intermediate.dense", [c.feedForwardWidth, c.width], read)
        output = try Dense("output.dense", [c.width, c.feedForwardWidth], read)
        outputNorm = try Dense("output.LayerNorm", [c.width], read)
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
