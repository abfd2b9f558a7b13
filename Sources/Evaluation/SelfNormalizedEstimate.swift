/// What a policy would have earned, from logs of another one: inverse propensity scoring, plain and
/// self-normalized (Swaminathan and Joachims, 2015).
///
///     IPS = Σ w r / n,    SNIPS = Σ w r / Σ w,    w = π(action) / μ(action)
///
/// with effective sample size (Σ w)² / Σ w² (Kish, 1965).
public struct SelfNormalizedEstimate: Sendable, Equatable {
    /// Unbiased where the logging policy could take every action of the other one.
    public let inversePropensity: Double
    /// Biased by O(1/n), of smaller variance; invariant to a constant added to every reward.
    public let selfNormalized: Double
    /// How many logged actions of equal weight the weighted ones are worth.
    public let effectiveSampleSize: Double

    /// - Parameters:
    ///   - weights: π/μ of each logged action, at least 0.
    ///   - rewards: what came of it.
    /// - Throws: `EvaluationError` without actions, for lists of unequal length, or weights that are all 0.
    public init(weights: [Double], rewards: [Double]) throws(EvaluationError) {
        try requireCount("rewards", rewards.count, weights.count)
        try requireWeights(weights)
        try requireFinite("rewards", rewards)
        let total = weights.reduce(0, +)
        guard total > 0 else { throw .empty(what: "actions that the policy would take") }
        let earned = zip(weights, rewards).reduce(0) { $0 + $1.0 * $1.1 }
        inversePropensity = earned / Double(weights.count)
        selfNormalized = earned / total
        effectiveSampleSize = total * total / weights.reduce(0) { $0 + $1 * $1 }
    }
}
