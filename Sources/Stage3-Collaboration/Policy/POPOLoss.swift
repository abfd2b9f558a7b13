public import Pipeline
public import Torch

/// The POPO objective, negated so that it is a loss to minimize. Eq. (8).
///
///     L = −(1/N) Σ (1/G) Σᵢ (1/|oᵢ|) Σₜ { min[ρ Â, clip(ρ, 1−ε, 1+ε) Â] − β KL[π ‖ π_ref] },   ρ = π / π_old
///
/// Differences from the paper: it prints the objective as a loss; KL is one of Schulman's one-sample
/// estimators.
public struct POPOLoss: Sendable {
    /// ε.
    public let clipRange: Double
    /// β.
    public let klCoefficient: Double
    /// Estimator of KL[π ‖ π_ref].
    public let klEstimator: KLEstimator

    /// A loss with these constants.
    public init(clipRange: Double, klCoefficient: Double, klEstimator: KLEstimator) {
        self.clipRange = clipRange
        self.klCoefficient = klCoefficient
        self.klEstimator = klEstimator
    }

    /// One group's share of the loss.
    public struct Value {
        /// Rank 0, part of the graph.
        public let loss: Tensor
        /// The KL term alone with the same averaging, without β.
        public let kl: Double
        /// Tokens whose clipped term is the smaller one.
        public let clippedTokens: Int
    }

    /// One group's share of a step's loss; the shares of the N groups add up to it.
    ///
    /// - Parameters:
    ///   - new: log π of every token of the group's rollouts, one rollout after another, `[Σ T]`.
    ///   - old: log π_old, `[Σ T]`, no gradient.
    ///   - reference: log π_ref, `[Σ T]`, no gradient; nil leaves the KL term out.
    ///   - advantages: Â of each rollout, `[G]`.
    ///   - lengths: |oᵢ|, `[G]`; a rollout without tokens adds 0 and still counts in G.
    ///   - groupCount: N.
    public func callAsFunction(
        new: Tensor, old: Tensor, reference: Tensor?, advantages: [Double], lengths: [Int], groupCount: Int
    ) throws -> Value {
        let type = try new.elementType
        let shares = zip(lengths, lengths.map { 1 / Double(groupCount * lengths.count * max(1, $0)) })
            .flatMap { Array(repeating: $1, count: $0) }
        let spread = zip(lengths, advantages).flatMap { Array(repeating: $1, count: $0) }
        let share = try Tensor.from(shares, shape: [shares.count]).to(type)
        let advantage = try Tensor.from(spread, shape: [spread.count]).to(type)

        let ratio = try (new - old).exp()  // ρ  [Σ T]
        let unclipped = try ratio * advantage
        let clipped = try ratio.clamped(to: 1 - clipRange...1 + clipRange) * advantage
        // A clipped term that is not smaller must not take a part of the gradient, so ties go to the
        // unclipped one.
        let isClipped: [Bool] = try zip(
            clipped.to(.float64).elements(Double.self), unclipped.to(.float64).elements()
        )
        .map { $0 < $1 }
        let isOpen = try Tensor.from(isClipped.map { $0 ? 0.0 : 1.0 }, shape: [isClipped.count]).to(type)
        let fixed = try clipped.detached()
        let gain = try (unclipped - fixed) * isOpen + fixed  // min[ρ Â, clip(ρ) Â]
        var terms = gain
        var kl = 0.0
        if let reference {
            let estimate = try divergence(new, reference)
            kl = try (estimate.detached() * share).sum().item()
            terms = try gain - estimate * klCoefficient
        }
        return Value(
            loss: try -(terms * share).sum(), kl: kl, clippedTokens: isClipped.count { $0 })
    }

    /// KL[π ‖ π_ref] of each token, with d = log π_ref − log π.
    private func divergence(_ new: Tensor, _ reference: Tensor) throws -> Tensor {
        let d = try reference - new
        return switch klEstimator {
        case .k1: try -d
        case .k2: try d.squared() * 0.5
        case .k3: try d.exp() - d - 1
        }
    }
}
