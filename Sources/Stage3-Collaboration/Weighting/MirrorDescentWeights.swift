import Foundation

/// POPO's reward weights: mirror descent on the simplex. Eq. (5).
///
///     w̃⁽ᵗ⁾ = w̃⁽ᵗ⁻¹⁾ ⊙ exp(η⁽ᵗ⁾ I⁽ᵗ⁾ / μ),    w⁽ᵗ⁾ = w̃⁽ᵗ⁾ / Σ w̃⁽ᵗ⁾
///
/// Differences from the paper:
/// 1. The state is log w̃, so that a large I neither overflows nor is forgotten.
/// 2. `floor` and `ceiling` project the weights (in KL divergence) onto {floor ≤ wₖ ≤ ceiling, Σ w = 1}.
public struct MirrorDescentWeights: Codable, Sendable, Equatable {
    /// log w, normalized. `[K]`
    public private(set) var logWeights: [Double]

    /// - Parameter weights: w⁽⁰⁾, 0 or more and not all 0; scaled to sum to 1. A weight of 0 stays 0.
    public init(initial weights: [Double]) {
        // Of 0, the least finite number instead of −∞, which no checkpoint can hold; its exponential is 0
        // too.
        logWeights = Simplex.logNormalized(weights.map { max(log($0), -.greatestFiniteMagnitude) })
    }

    /// w, on the simplex. `[K]`
    public var weights: [Double] { logWeights.map(exp) }

    /// One update.
    ///
    /// - Parameters:
    ///   - alignment: I of Eq. (6), `[K]`.
    ///   - weightLearningRate: η.
    ///   - regularization: μ.
    public mutating func step(
        alignment: [Double], weightLearningRate: Double, regularization: Double, floor: Double = 0,
        ceiling: Double = 1
    ) {
        let rate = weightLearningRate / regularization
        logWeights = Simplex.logNormalized(zip(logWeights, alignment).map { $0 + rate * $1 })
        self = projected(floor: floor, ceiling: ceiling)
    }

    /// The nearest weights, in KL divergence, that lie between the bounds.
    func projected(floor: Double, ceiling: Double) -> MirrorDescentWeights {
        var result = self
        if floor > 0 || ceiling < 1 {
            result.logWeights = Simplex.projected(logWeights, floor: floor, ceiling: ceiling)
        }
        return result
    }
}
