import Foundation
public import Pipeline

/// The POPO objective, negated so that it is a loss to minimize. Eq. (8).
///
///     L = −(1/N) Σ (1/G) Σᵢ (1/|oᵢ|) Σₜ { min[ρ Â, clip(ρ, 1−ε, 1+ε) Â] − β KL[π ‖ π_ref] },   ρ = π / π_old
///
/// Its gradient is needed by log π of each token alone, a number a token: it is computed here in float64, and
/// the decoder takes it from there.
///
/// Differences from the paper:
/// 1. It prints the objective as a loss.
/// 2. KL is one of Schulman's one-sample estimators.
/// 3. `form` offers the averages and ratios of later work; ε may differ below and above 1.
/// 4. Rollouts of rounded weights are corrected for (`ImportanceWeights`).
public struct POPOLoss: Sendable {
    /// How token terms become a loss.
    public var form: PolicyLossForm
    /// ε below 1.
    public var clipLow: Double
    /// ε above 1.
    public var clipHigh: Double
    /// β.
    public var klCoefficient: Double
    /// Estimator of KL[π ‖ π_ref].
    public var klEstimator: KLEstimator
    /// Most tokens of a rollout, what `drGRPO` divides by.
    public var maximumTokens: Int
    /// Of tokens that other weights drew; nil where the rollouts are the policy's own.
    var importance: ImportanceWeights?

    /// The loss that a run is configured for.
    public init(_ configuration: CollaborateConfiguration) {
        form = configuration.loss
        clipLow = configuration.clipLow
        clipHigh = configuration.clipHigh
        klCoefficient = configuration.klCoefficient
        klEstimator = configuration.klEstimator
        maximumTokens = configuration.maximumTokens
        importance =
            configuration.rolloutWeights == .float32
            ? nil : ImportanceWeights(cap: configuration.importanceCap)
    }

    /// The policy term and the KL term of some tokens of one rollout.
    public struct Terms: Sendable, Equatable {
        /// The share of the loss without KL.
        public var policy = 0.0
        /// The share of the KL term, without β.
        public var kl = 0.0
        /// ∂policy/∂log π, one a token.
        public var policySlopes: [Double] = []
        /// ∂kl/∂log π, one a token; 0 without a reference.
        public var klSlopes: [Double] = []
        /// Tokens whose clipped term is the smaller, at the lower and at the upper bound.
        public var clippedLow = 0
        /// See `clippedLow`.
        public var clippedHigh = 0
    }

    /// What a token's term is multiplied by, for each rollout, `[N][G]`.
    ///
    /// - Parameter lengths: |oᵢ|, `[N][G]`; 0 for a rollout without tokens or one that is left out, which
    ///   still counts in G.
    public func shares(lengths: [[Int]]) -> [[Double]] {
        let tokens = lengths.joined().reduce(0, +)
        return lengths.map { group in
            let rollouts = Double(lengths.count * group.count)
            return group.map { length in
                switch form {
                case .grpo, .gspo: 1 / (rollouts * Double(max(1, length)))
                case .drGRPO: 1 / (rollouts * Double(maximumTokens))
                case .dapo: 1 / Double(max(1, tokens))
                }
            }
        }
    }

    /// The terms of consecutive tokens of a rollout; all of them for `gspo` with `old`.
    ///
    /// - Parameters:
    ///   - new: log π.
    ///   - old: log π_old; nil where the rollouts are this policy's own, so that ρ = 1.
    ///   - reference: log π_ref; nil leaves the KL term out.
    ///   - drawn: log μ of the weights that drew the rollout; the policy term of each token is multiplied by
    ///     its importance weight, where the loss has such weights.
    ///   - advantage: Â of the rollout.
    ///   - share: see `shares(lengths:)`.
    public func terms<Number: BinaryFloatingPoint>(
        new: ArraySlice<Number>, old: ArraySlice<Number>?, reference: ArraySlice<Number>?,
        drawn: ArraySlice<Number>? = nil, advantage: Double, share: Double
    ) -> Terms {
        var terms = Terms()
        let corrections = drawn.flatMap { drawn in
            importance.map { weights in weights(old: old ?? new, drawn: drawn) }
        }
        var ratios = Array(repeating: 1.0, count: new.count)
        if let old {
            let logs = zip(new, old).map { Double($0) - Double($1) }
            if form == .gspo {
                let mean = logs.reduce(0, +) / Double(max(1, logs.count))
                ratios = logs.map { _ in exp(mean) }
            } else {
                ratios = logs.map(exp)
            }
        }
        for (place, ratio) in ratios.enumerated() {
            let share = corrections.map { share * $0[place] } ?? share
            let unclipped = ratio * advantage
            let clipped = min(max(ratio, 1 - clipLow), 1 + clipHigh) * advantage
            // The smaller counts; a clipped one has no slope, and ties go to the unclipped one.
            if clipped < unclipped {
                terms.policy -= share * clipped
                terms.policySlopes.append(0)
                if ratio < 1 { terms.clippedLow += 1 } else { terms.clippedHigh += 1 }
            } else {
                terms.policy -= share * unclipped
                terms.policySlopes.append(-share * unclipped)
            }
        }
        terms.klSlopes = Array(repeating: 0, count: new.count)
        guard let reference else { return terms }
        for (place, pair) in zip(new, reference).enumerated() {
            let d = Double(pair.1) - Double(pair.0)  // log π_ref − log π
            let (value, slope): (Double, Double) =
                switch klEstimator {
                case .k1: (-d, 1)
                case .k2: (d * d / 2, -d)
                case .k3: (exp(d) - d - 1, 1 - exp(d))
                }
            terms.kl += share * value
            terms.klSlopes[place] = share * slope
        }
        return terms
    }
}
