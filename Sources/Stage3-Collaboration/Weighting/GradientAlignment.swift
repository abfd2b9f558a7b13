public import Torch
import TorchNN

/// How each reward's gradient agrees with the sum of all. Eq. (6).
///
///     Iᵢ = ⟨∇L_i, Σₖ ∇Lₖ⟩
///
/// With two rewards the cross terms are equal, so I₁ − I₂ = ‖∇L₁‖² − ‖∇L₂‖²: Eq. (5) then compares gradient
/// norms.
public struct GradientAlignment: Codable, Sendable, Equatable {
    /// ⟨∇Lᵢ, ∇Lₖ⟩, `[K][K]`.
    public let products: [[Double]]

    /// - Parameter gradients: the gradient of every reward's loss, the same tensors in the same order, `[K]`.
    public init(_ gradients: [[Tensor]]) throws {
        var products = Array(repeating: Array(repeating: 0.0, count: gradients.count), count: gradients.count)
        for i in gradients.indices {
            for k in i..<gradients.count {
                products[i][k] = try innerProduct(gradients[i], gradients[k])
                products[k][i] = products[i][k]
            }
        }
        self.products = products
    }

    /// I, `[K]`.
    public var alignment: [Double] { products.map { $0.reduce(0, +) } }

    /// ‖∇Lₖ‖, `[K]`.
    public var norms: [Double] { products.indices.map { products[$0][$0].squareRoot() } }
}
