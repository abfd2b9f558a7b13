import Torch

/// One transformer block (Vaswani et al., 2017) with a layer norm after each half.
///
///     y = LN(x + Attention(x)),    z = LN(y + W₂ relu(W₁ y))
struct TransformerBlock {
    private let projections: Linear
    private let output: Linear
    private let inner: Linear
    private let outer: Linear
    private let norms: [(weight: Tensor, bias: Tensor)]
    private let heads: Int

    /// - Parameter width: D; a multiple of `heads`.
    init(_ name: String, width: Int, heads: Int, _ maker: inout WeightMaker) throws {
        self.heads = heads
        projections = try Linear("\(name).projections", from: width, to: 3 * width, &maker)
        output = try Linear("\(name).output", from: width, to: width, &maker)
        inner = try Linear("\(name).inner", from: width, to: 2 * width, &maker)
        outer = try Linear("\(name).outer", from: 2 * width, to: width, &maker)
        norms = try (0..<2).map { layer in
            (
                try maker.constant("\(name).norm.\(layer).weight", [width], 1),
                try maker.constant("\(name).norm.\(layer).bias", [width], 0)
            )
        }
    }

    /// - Parameters:
    ///   - x: `[B, L, D]`.
    ///   - padding: added to the scores of each place, `[B, L]`; nil for causal attention.
    /// - Returns: `[B, L, D]`.
    func callAsFunction(_ x: Tensor, padding: Tensor?) throws -> Tensor {
        let (batch, length, width) = try x.shape3
        let parts = try projections(x).reshaped(batch, length, 3 * heads, width / heads).transposed(1, 2)
        let attended = try Tensor.attention(
            queries: parts.slice(1, 0..<heads), keys: parts.slice(1, heads..<2 * heads),
            values: parts.slice(1, 2 * heads..<3 * heads), mask: padding?.reshaped(batch, 1, 1, length),
            isCausal: padding == nil
        ).transposed(1, 2).reshaped(batch, length, width)
        let y = try norm(0, x + output(attended))
        return try norm(1, y + outer(inner(y).relu()))
    }

    private func norm(_ layer: Int, _ x: Tensor) throws -> Tensor {
        try x.layerNorm(weight: norms[layer].weight, bias: norms[layer].bias, epsilon: 1e-5)
    }
}
