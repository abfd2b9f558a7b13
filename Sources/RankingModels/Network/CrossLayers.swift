import Torch

/// Cross layers of DCN v2 (Wang et al., 2021), Eq. (1) there: every layer multiplies by the input once more.
///
///     x₍ₗ₊₁₎ = x₀ ∘ (Wₗ xₗ + bₗ) + xₗ
struct CrossLayers {
    private let layers: [Linear]

    init(_ name: String, width: Int, count: Int, _ maker: inout WeightMaker) throws {
        layers = try (0..<count).map { try Linear("\(name).\($0)", from: width, to: width, &maker) }
    }

    /// - Parameter input: x₀, `[B, D]`.
    /// - Returns: `[B, D]`.
    func callAsFunction(_ input: Tensor) throws -> Tensor {
        try layers.reduce(input) { x, layer in try input * layer(x) + x }
    }
}
