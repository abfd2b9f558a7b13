public import TorchNN

/// How each reward's gradient agrees with the sum of all. Eq. (6).
///
///     Iᵢ = ⟨∇L_i, Σₖ ∇Lₖ⟩
///
/// With two rewards the cross terms are equal, so I₁ − I₂ = ‖∇L₁‖² − ‖∇L₂‖²: Eq. (5) then compares gradient
/// norms.
public struct GradientAlignment: Codable, Sendable, Equatable {
    /// ⟨∇Lᵢ, ∇Lₖ⟩, `[K][K]`.
    public let products: [[Double]]

    /// - Parameter products: `[K][K]`, symmetric.
    public init(products: [[Double]]) { self.products = products }

    /// - Parameters:
    ///   - gradients: the gradient of every reward's loss, `[K]`.
    ///   - group: whose processes hold a shard of the gradients each.
    public init(_ gradients: [GradientAccumulator], group: ProcessGroup = .alone) throws {
        var products = Array(repeating: Array(repeating: 0.0, count: gradients.count), count: gradients.count)
        for i in gradients.indices {
            for k in i..<gradients.count {
                products[i][k] = try gradients[i].product(gradients[k])
                products[k][i] = products[i][k]
            }
        }
        self.products = try products.map { try group.sum($0) }
    }

    /// I, `[K]`.
    public var alignment: [Double] { products.map { $0.reduce(0, +) } }

    /// I over the mean gradient norm, as DoGE does (Fan et al., 2024), `[K]`; as it is when all gradients are
    /// zero.
    public var scaledByMeanNorm: [Double] { Self.scaled(alignment, byMeanOf: norms) }

    static func scaled(_ alignment: [Double], byMeanOf norms: [Double]) -> [Double] {
        let mean = norms.reduce(0, +) / Double(max(1, norms.count))
        return mean > 0 ? alignment.map { $0 / mean } : alignment
    }

    /// ‖∇Lₖ‖, `[K]`.
    public var norms: [Double] { products.indices.map { products[$0][$0].squareRoot() } }

    /// Cosine of each pair of gradients, `[K][K]`; 0 where one is zero. Below 0 they conflict.
    public var cosines: [[Double]] {
        products.indices.map { i in
            products.indices.map { k in
                let scale = norms[i] * norms[k]
                return scale > 0 ? products[i][k] / scale : 0
            }
        }
    }

    /// ‖Σ wₖ ∇Lₖ‖.
    public func norm(ofMixture weights: [Double]) -> Double {
        var square = 0.0
        for i in products.indices {
            for k in products.indices { square += weights[i] * weights[k] * products[i][k] }
        }
        return max(0, square).squareRoot()
    }
}
