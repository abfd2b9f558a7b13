import Pipeline
import TorchNN

/// The first update after a rollout: Eqs. (5) and (6) where the weights follow gradients, then the gradient of Eq. (8) with the
/// new weights.
///
/// ρ is 1 here, so the gradient of the policy term is linear in the advantages. Where the mixture's advantages are Σ cₖ Âₖ with the
/// same c in every group, it is Σ cₖ ∇Lₖ, and the backward passes that Eq. (6) needs make the update too. Otherwise the mixture
/// takes a pass of its own.
struct MixedGradient {
    /// The mixture's gradient, its log-probabilities and entropies.
    var pass: PolicyUpdate.Pass
    /// Advantages of the mixture, `[N][G]`.
    var advantages: GroupAdvantages
    /// Eq. (6); nil where the weights do not follow gradients.
    var alignment: GradientAlignment?

    /// - Parameter weights: w⁽ᵗ⁻¹⁾, becomes w⁽ᵗ⁾.
    init(
        _ update: PolicyUpdate, _ rewards: RewardTable, weights: inout RewardWeights,
        _ configuration: CollaborateConfiguration, step: Int
    ) throws {
        let mixture = AdvantageMixture(configuration)
        guard weights.followsGradients(configuration.weighting, step: step) else {
            try weights.advance(
                configuration.weighting, step: step, of: configuration.steps, rewards: rewards, alignment: nil
            )
            advantages = mixture.mixture(rewards, weights: weights.values)
            pass = try update.gradients(of: [.init(advantages: advantages.values)], old: nil)
            return
        }
        let perReward = mixture.perReward(rewards)
        let weighting = configuration.weighting
        let hasKL = update.reference != nil
        // Whether β KL is in every L_k, so that the weights, which sum to 1, pass it on to the mixture.
        let carriesKL = hasKL && weighting.includesKL
        let isShared = mixture.coefficients(rewards, weights: weights.values) != nil
        var seeds = perReward.map { PolicyUpdate.Seed(advantages: $0.values, klShare: carriesKL ? 1 : 0) }
        let sumsToOne = configuration.mixing == .advantages || configuration.advantageScale == .none
        let needsKL = isShared && hasKL && !(carriesKL && sumsToOne)
        if needsKL { seeds.append(.init(advantages: nil)) }
        var found = try update.gradients(of: seeds, old: nil)
        let products = try GradientAlignment(
            Array(found.gradients.prefix(perReward.count)), namesContaining: weighting.parameters,
            group: update.shards.group)
        alignment = products
        try weights.advance(
            weighting, step: step, of: configuration.steps, rewards: rewards, alignment: products)  // Eq. (5)
        advantages = mixture.mixture(rewards, weights: weights.values)
        guard isShared, let factors = mixture.coefficients(rewards, weights: weights.values) else {
            found.gradients = []  // freed before the next pass
            pass = try update.gradients(of: [.init(advantages: advantages.values)], old: nil)
            return
        }
        // Σ cₖ ∇Lₖ, and the KL term as often as it is not in there yet.
        var sum = found.gradients[0]
        try sum.scale(by: factors[0])
        for k in 1..<factors.count { try sum.add(found.gradients[k], scale: factors[k]) }
        if needsKL {
            try sum.add(found.gradients[factors.count], scale: carriesKL ? 1 - factors.reduce(0, +) : 1)
        }
        found.gradients = [sum]
        pass = found
    }
}
