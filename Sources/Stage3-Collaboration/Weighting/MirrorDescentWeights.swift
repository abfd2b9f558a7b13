import Foundation

/// POPO's reward weights: mirror descent on the simplex. Eq. (5).
///
///     w̃⁽ᵗ⁾ = w̃⁽ᵗ⁻¹⁾ ⊙ exp(η⁽ᵗ⁾ I⁽ᵗ⁾ / μ),    w⁽ᵗ⁾ = w̃⁽ᵗ⁾ / Σ w̃⁽ᵗ⁾
///
/// Differences from the paper:
/// 1. The state is log w̃, so that a large I neither overflows nor is forgotten.
/// 2. `gradientNorms` divides I by their mean, as DoGE does; without it, I is taken as printed.
/// 3. `floor` and `ceiling` project the weights (in KL divergence) onto {floor ≤ wₖ ≤ ceiling, Σ w = 1}.
public struct MirrorDescentWeights: Codable, Sendable, Equatable {
    /// log w, normalized. `[K]`
    public private(set) var logWeights: [Double]

    /// - Parameter weights: w⁽⁰⁾, 0 or more and not all 0; scaled to sum to 1. A weight of 0 stays 0.
    public init(initial weights: [Double]) {
        // Of 0, the least finite number instead of −∞, which no checkpoint can hold; its exponential is 0 too.
        logWeights = Self.normalized(weights.map { max(log($0), -.greatestFiniteMagnitude) })
    }

    /// w, on the simplex. `[K]`
    public var weights: [Double] { logWeights.map(exp) }

    /// One update.
    ///
    /// - Parameters:
    ///   - alignment: I of Eq. (6), `[K]`.
    ///   - weightLearningRate: η.
    ///   - regularization: μ.
    ///   - gradientNorms: ‖gₖ‖ to scale I by, `[K]`; nil for I as printed.
    public mutating func step(
        alignment: [Double], weightLearningRate: Double, regularization: Double,
        gradientNorms: [Double]? = nil,
        floor: Double = 0, ceiling: Double = 1
    ) {
        let scaled = gradientNorms.map { Self.scaled(alignment, by: $0) } ?? alignment
        let rate = weightLearningRate / regularization
        logWeights = Self.normalized(zip(logWeights, scaled).map { $0 + rate * $1 })
        self = projected(floor: floor, ceiling: ceiling)
    }

    /// I over the mean gradient norm; as it is when all gradients are zero.
    static func scaled(_ alignment: [Double], by gradientNorms: [Double]) -> [Double] {
        let mean = gradientNorms.reduce(0, +) / Double(max(1, gradientNorms.count))
        return mean > 0 ? alignment.map { $0 / mean } : alignment
    }

    /// The nearest weights, in KL divergence, that lie between the bounds.
    func projected(floor: Double, ceiling: Double) -> MirrorDescentWeights {
        var result = self
        if floor > 0 || ceiling < 1 {
            result.logWeights = Self.projected(logWeights, floor: floor, ceiling: ceiling)
        }
        return result
    }

    /// log softmax. The largest is taken off first: beside 10⁴ the sum's logarithm would lose its last
    /// digits.
    private static func normalized(_ values: [Double]) -> [Double] {
        let top = values.max() ?? 0
        let shifted = values.map { $0 - top }
        let total = log(shifted.reduce(0) { $0 + exp($1) })
        return shifted.map { $0 - total }
    }

    /// log of clip(c · w, floor, ceiling), c such that the sum is 1: the sum grows with c, so c is found by
    /// bisection of log c between the values at which every weight is at its floor and at its ceiling.
    private static func projected(_ logWeights: [Double], floor: Double, ceiling: Double) -> [Double] {
        let (low, high) = (log(floor), log(ceiling))
        let clipped = { (shift: Double) in logWeights.map { min(high, max(low, $0 + shift)) } }
        let largest = logWeights.max() ?? 0
        let smallest = logWeights.min() ?? 0
        var left = max(low, -1e6) - largest
        var right = high - smallest
        for _ in 0..<200 where left < right {
            let middle = (left + right) / 2
            if clipped(middle).reduce(0, { $0 + exp($1) }) < 1 { left = middle } else { right = middle }
        }
        return clipped((left + right) / 2)
    }
}
