import Foundation
import TorchNN

/// Weights of tokens that were drawn by μ, the policy with rounded weights, in the loss of π, the policy that
/// is trained (truncated importance sampling: Ionides, 2008; of rollouts: Yao et al., 2025, "Your Efficient
/// RL Framework Secretly Brings You Off-Policy RL Training"):
///
///     wₜ = min(π_old(oₜ) / μ(oₜ), C)
///
/// They are not differentiated. With them, the expected gradient is that of rollouts of π, but for what is
/// truncated.
struct ImportanceWeights: Sendable, Equatable {
    /// C.
    let cap: Double

    /// The weights of tokens from their log-probabilities under π_old and μ.
    func callAsFunction<Number: BinaryFloatingPoint>(
        old: ArraySlice<Number>, drawn: ArraySlice<Number>
    ) -> [Double] {
        zip(old, drawn).map { min(exp(Double($0) - Double($1)), cap) }
    }
}

/// How far the weights that drew a step's rollouts are from those that are trained, over all processes.
public struct SamplingMismatch: Sendable, Equatable {
    /// Mean of log μ − log π_old over the rollouts' tokens: an estimate of KL(μ ‖ π_old) per token, in nats.
    public var divergence = 0.0
    /// Mean importance weight; 1 where nothing is corrected.
    public var meanWeight = 1.0
    /// Share of the tokens whose weight is truncated.
    public var truncatedShare = 0.0

    /// - Parameters:
    ///   - old: log π_old of this process's tokens, `[T]`.
    ///   - drawn: log μ, `[T]`.
    ///   - weights: nil where nothing is corrected.
    init(old: [Float], drawn: [Float], weights: ImportanceWeights?, group: ProcessGroup) throws {
        let own = weights?(old: old[...], drawn: drawn[...]) ?? old.map { _ in 1 }
        let sums = try group.sum([
            zip(drawn, old).reduce(0) { $0 + Double($1.0) - Double($1.1) }, own.reduce(0, +),
            Double(weights.map { weights in own.count { $0 == weights.cap } } ?? 0), Double(own.count),
        ])
        let count = max(1, sums[3])
        (divergence, meanWeight, truncatedShare) = (sums[0] / count, sums[1] / count, sums[2] / count)
    }
}
