import LanguageModels
import Pipeline
import Torch
import TorchNN

/// Gradients of losses over a step's rollouts, one part of them in memory at a time.
///
/// Eq. (8) depends on the parameters through log π of the rollouts' tokens alone, so a loss is a factor a
/// token, and one forward pass serves the losses of all rewards (`LikelihoodPass`).
struct RolloutGradients {
    let policy: Decoder
    let rollouts: PackedRollouts
    let loss: POPOLoss
    let temperature: Double
    /// log π_ref, `[Σ T]`; nil without a KL term.
    let reference: [Float]?
    /// The processes that each hold some of the step's groups, and a shard of the gradients.
    let shards: ParameterShards
    private let shares: [[Double]]

    /// A loss whose gradient is asked for: the policy term with some advantages, and a part of the KL term.
    struct Seed {
        /// `[N][G]`; nil for no policy term.
        var advantages: [[Double]]?
        /// What the KL term is multiplied by besides β.
        var klShare = 1.0
    }

    /// What a pass over all rollouts saw, `[Σ T]` each.
    struct Pass {
        var gradients: [GradientAccumulator]
        var logProbabilities: [Float] = []
        var entropies: [Float] = []
        /// The forward passes, part by part; empty where they were not to be kept.
        var forward: [LikelihoodPass] = []
    }

    /// Eq. (8) of all rollouts, negated.
    struct Value {
        var loss = 0.0
        var kl = 0.0
        var clippedLow = 0
        var clippedHigh = 0
    }

    init(
        policy: Decoder, rollouts: PackedRollouts, loss: POPOLoss, temperature: Double, reference: [Float]?,
        shards: ParameterShards
    ) {
        self.policy = policy
        self.rollouts = rollouts
        self.loss = loss
        self.temperature = temperature
        self.reference = reference
        self.shards = shards
        shares = loss.shares(lengths: rollouts.lengths)
    }

    /// log P of every rollout token under a model, `[Σ T]`, without a graph.
    static func logProbabilities(
        _ rollouts: PackedRollouts, under model: Decoder, temperature: Double
    ) throws -> [Float] {
        try withoutGrad {
            try rollouts.parts.flatMap { part in
                try LikelihoodPass(model, part.batch, temperature: temperature).logProbabilities()
            }
        }
    }

    /// The gradient of every seed's loss over all processes, from one forward pass.
    ///
    /// - Parameters:
    ///   - old: log π_old, `[Σ T]`; nil where the rollouts are this policy's own and ρ = 1.
    ///   - wanted: whether a parameter's gradient is, by its name; nil for all.
    ///   - kept: forward passes of an earlier call under the same parameters; they are used up.
    ///   - keepsForward: for another call; all parts are then in memory at once.
    func gradients(
        of seeds: [Seed], old: [Float]?, where wanted: ((String) -> Bool)? = nil,
        from kept: [LikelihoodPass] = [], keepsForward: Bool = false
    ) throws -> Pass {
        var pass = Pass(
            gradients: seeds.map { _ in GradientAccumulator(policy.parameters, where: wanted) })
        for (place, part) in rollouts.parts.enumerated() {
            let likelihoods =
                try kept.isEmpty
                ? LikelihoodPass(policy, part.batch, temperature: temperature) : kept[place]
            // A ratio of a whole rollout must be known before its first chunk of tokens is done.
            let whole = try old != nil && loss.form == .gspo ? likelihoods.logProbabilities() : nil
            let known = whole.map { values in seeds.map { factors($0, part, part.tokens, values, old) } }
            let found = try likelihoods.backward(
                into: &pass.gradients, keepsGraph: keepsForward
            ) { range, values in
                if let known { return known.map { Array($0[range]) } }
                let start = part.tokens.lowerBound
                let flat = start + range.lowerBound..<start + range.upperBound
                return seeds.map { factors($0, part, flat, values, old) }
            }
            pass.logProbabilities += found.logProbabilities
            pass.entropies += found.entropies
            if keepsForward { pass.forward.append(likelihoods) }
        }
        for k in seeds.indices { try pass.gradients[k].reduce(shards) }
        return pass
    }

    /// ∂loss/∂log π of a range of the flat order whose log π are `values`.
    private func factors(
        _ seed: Seed, _ part: PackedRollouts.Part, _ flat: Range<Int>, _ values: [Float], _ old: [Float]?
    ) -> [Float] {
        var result: [Float] = []
        for rollout in part.rollouts {
            let tokens = rollout.tokens.clamped(to: flat)
            guard !tokens.isEmpty else { continue }
            let new = values[tokens.lowerBound - flat.lowerBound..<tokens.upperBound - flat.lowerBound]
            let terms = loss.terms(
                new: new, old: old?[tokens], reference: seed.klShare == 0 ? nil : reference?[tokens],
                drawn: rollouts.drawn?[tokens],
                advantage: seed.advantages?[rollout.group][rollout.place] ?? 0,
                share: shares[rollout.group][rollout.place])
            let scale = loss.klCoefficient * seed.klShare
            result += zip(terms.policySlopes, terms.klSlopes).map { Float($0 + scale * $1) }
        }
        return result
    }

    /// Eq. (8) over all processes, at log-probabilities that a pass saw.
    func value(_ logProbabilities: [Float], old: [Float]?, advantages: [[Double]]) throws -> Value {
        var value = Value()
        for rollout in rollouts.rollouts {
            let terms = loss.terms(
                new: logProbabilities[rollout.tokens], old: old?[rollout.tokens],
                reference: reference?[rollout.tokens], drawn: rollouts.drawn?[rollout.tokens],
                advantage: advantages[rollout.group][rollout.place],
                share: shares[rollout.group][rollout.place])
            value.loss += terms.policy + loss.klCoefficient * terms.kl
            value.kl += terms.kl
            value.clippedLow += terms.clippedLow
            value.clippedHigh += terms.clippedHigh
        }
        let sums = try shards.group.sum([
            value.loss, value.kl, Double(value.clippedLow), Double(value.clippedHigh),
        ])
        return Value(loss: sums[0], kl: sums[1], clippedLow: Int(sums[2]), clippedHigh: Int(sums[3]))
    }
}
