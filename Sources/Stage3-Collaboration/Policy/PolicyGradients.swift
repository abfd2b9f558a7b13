import LanguageModels
import Pipeline
import TorchNN

/// The gradients of one step before the first update: ∇L_k of each reward where the weights follow gradients,
/// and the mixture.
///
/// ρ of Eq. (8) is 1 here, so the gradient of the policy term is linear in the advantages. Where the
/// mixture's advantages are Σ cₖ Âₖ with the same c in every group, its gradient is Σ cₖ ∇Lₖ, and the
/// backward passes that Eq. (6) needs make the update too. Otherwise, or where Eq. (6) compares a stretch of
/// layers alone, the mixture takes a backward pass of its own, from the same forward pass where it was kept.
struct PolicyGradients {
    /// The gradient of Eq. (8) under the mixed rewards.
    struct Mixture {
        /// Its gradient, log-probabilities and entropies.
        var pass: RolloutGradients.Pass
        /// Â of the mixture, `[N][G]`.
        let advantages: GroupAdvantages
    }

    /// Eq. (6); nil where the weights do not follow gradients.
    let alignment: GradientAlignment?
    private let computation: RolloutGradients
    private let rewards: RewardTable
    private let mixing: AdvantageMixture
    /// Whether β KL is in every L_k, so that the weights, which sum to 1, pass it on to the mixture.
    private let carriesKL: Bool
    /// Of each reward, then of the KL term alone where the mixture lacks it; nil where the weights do not
    /// follow gradients.
    private var perReward: RolloutGradients.Pass?
    /// Forward passes that the mixture's backward pass goes on from; empty where it needs its own.
    private var forward: [LikelihoodPass] = []

    /// - Parameters:
    ///   - wanted: whether Eq. (6) compares a parameter's gradient, by its name; nil for all.
    ///   - followsGradients: whether the weights need Eq. (6); one forward pass then serves the losses of all
    ///     rewards.
    init(
        _ computation: RolloutGradients, _ rewards: RewardTable, _ configuration: CollaborateConfiguration,
        where wanted: ((String) -> Bool)? = nil, followsGradients: Bool
    ) throws {
        self.computation = computation
        self.rewards = rewards
        mixing = AdvantageMixture(configuration)
        let hasKL = computation.reference != nil
        let carriesKL = hasKL && configuration.weighting.includesKL
        self.carriesKL = carriesKL
        guard followsGradients else {
            alignment = nil
            return
        }
        let advantages = mixing.perReward(rewards)
        var seeds = advantages.map {
            RolloutGradients.Seed(advantages: $0.values, klShare: carriesKL ? 1 : 0)
        }
        let sumsToOne = configuration.mixing == .advantages || configuration.advantageScale == .none
        let makesUpdate = mixing.isLinear && wanted == nil
        if makesUpdate, hasKL, !(carriesKL && sumsToOne) { seeds.append(.init(advantages: nil)) }
        let found = try computation.gradients(
            of: seeds, old: nil, where: wanted,
            keepsForward: !makesUpdate
                && computation.rollouts.computedTokenCount <= configuration.weighting.keptTokens)
        alignment = try GradientAlignment(
            Array(found.gradients.prefix(rewards.count)), group: computation.shards.group)
        forward = found.forward
        perReward = makesUpdate ? found : nil  // freed before the next pass
    }

    /// The gradient of the mixture. Eqs. (8), (9). Called once: it gives up the gradients of the rewards.
    ///
    /// - Parameter weights: w⁽ᵗ⁾, `[K]`.
    mutating func mixed(by weights: [Double]) throws -> Mixture {
        let advantages = mixing.mixture(rewards, weights: weights)
        guard var found = perReward, let factors = mixing.coefficients(rewards, weights: weights) else {
            let kept = forward
            forward = []
            let pass = try computation.gradients(
                of: [.init(advantages: advantages.values)], old: nil, from: kept)
            return Mixture(pass: pass, advantages: advantages)
        }
        perReward = nil
        // Σ cₖ ∇Lₖ, and the KL term as often as it is not in there yet.
        var sum = found.gradients[0]
        try sum.scale(by: factors[0])
        for k in 1..<factors.count { try sum.add(found.gradients[k], scale: factors[k]) }
        if found.gradients.count > factors.count {
            try sum.add(
                found.gradients[factors.count], scale: carriesKL ? 1 - factors.reduce(0, +) : 1)
        }
        found.gradients = [sum]
        return Mixture(pass: found, advantages: advantages)
    }
}
