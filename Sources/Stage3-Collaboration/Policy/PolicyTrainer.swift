public import LanguageModels
public import Pipeline
import Torch
public import TorchNN

/// The parts of one update of policy optimization; `update` in POPOLoop.swift puts them together.
public struct PolicyTrainer {
    /// The model that is aligned, in place.
    public let policy: Decoder
    private let reference: Decoder?
    let configuration: CollaborateConfiguration
    private let sharesPrompts: Bool
    private let schedule: LearningRateSchedule
    /// Whether Eq. (6) compares a parameter, by its name; nil for all.
    private let compared: ((String) -> Bool)?
    /// Of the policy's parameters.
    public let optimizer: AdamW
    /// w⁽ᵗ⁾.
    public var weights: RewardWeights

    /// Figures of one update.
    public struct Outcome {
        /// Eq. (8), negated, before the first update of the step.
        public var loss = 0.0
        /// The KL term alone.
        public var kl = 0.0
        /// Mean entropy of the policy's distributions at the rollouts' tokens, at the sampling temperature
        /// and before `topP`.
        public var entropy = 0.0
        /// Tokens whose clipped term was the smaller, at the lower bound, over all epochs.
        public var clippedLow = 0
        /// See `clippedLow`, at the upper bound.
        public var clippedHigh = 0
        /// Tokens of the loss, over all epochs.
        public var tokens = 0
        /// Norm of the first applied gradient before clipping.
        public var gradientNorm = 0.0
        /// Rate of the last epoch.
        public var learningRate = 0.0
        /// How far the weights that drew the rollouts are from the policy's; nil where that is not known.
        public var mismatch: SamplingMismatch?
        /// Eq. (6); nil unless the weights follow gradients.
        public var alignment: GradientAlignment?
        /// Â of the mixture.
        public var advantages: GroupAdvantages
    }

    /// - Parameters:
    ///   - policy: its `parameters` are trained.
    ///   - reference: π_ref, frozen; nil only with β = 0.
    ///   - group: processes that share a step's groups of rollouts; each is given all of them and computes
    ///     its own.
    ///   - sharesPrompts: compute a group's prompt once; a copy for each rollout gives the same numbers
    ///     within rounding.
    public init(
        policy: Decoder, reference: Decoder?, _ configuration: CollaborateConfiguration,
        sharesPrompts: Bool = true, group: ProcessGroup = .alone
    ) throws {
        self.policy = policy
        self.sharesPrompts = sharesPrompts
        self.reference = configuration.klCoefficient > 0 ? reference : nil
        self.configuration = configuration
        schedule = LearningRateSchedule(
            peak: configuration.learningRate, warmUpShare: configuration.warmUpShare)
        policy.computation = DecoderComputation(
            recomputesActivations: configuration.recomputesActivations,
            productType: configuration.productType == .bfloat16 ? .bfloat16 : nil)
        reference?.computation = policy.computation
        compared = try configuration.weighting.comparedParameters(of: policy)
        optimizer = try AdamW(policy.parameters, configuration: AdamWConfiguration(), group: group)
        weights = RewardWeights(configuration.weighting)
        try policy.parameters.setTrainable(true)
    }

    /// The gradients of a step's rewards, before anything is updated.
    ///
    /// - Throws: `CollaborationError.reward` for a reward that is NaN or infinite.
    func gradients(
        of rollouts: PackedRollouts, _ rewards: RewardTable, step: Int, timer: inout PhaseTimer
    ) throws -> (computation: RolloutGradients, gradients: PolicyGradients) {
        try check(rewards)
        let referenceLogs = try timer.measure("reference") {
            try reference.map {
                try RolloutGradients.logProbabilities(
                    rollouts, under: $0, temperature: configuration.temperature)
            }
        }
        let computation = RolloutGradients(
            policy: policy, rollouts: rollouts, loss: POPOLoss(configuration),
            temperature: configuration.temperature, reference: referenceLogs, shards: optimizer.shards)
        let gradients = try timer.measure("gradients") {
            try PolicyGradients(
                computation, rewards, configuration, where: compared,
                followsGradients: configuration.weighting.rule(at: step) == .popo)
        }
        return (computation, gradients)
    }

    /// A step's rollouts as they enter the loss.
    ///
    /// - Parameters:
    ///   - groups: prompts with their rollouts, `[N]` of G.
    ///   - isTruncated: whether a rollout reached the maximum number of tokens, `[N][G]`.
    ///   - drawn: log μ of every token, `[N][G][|o|]`; nil where it is not known.
    func packed(
        _ groups: [PackedGroup], isTruncated: [[Bool]], drawn: [[[Float]]]?
    ) throws -> PackedRollouts {
        try PackedRollouts(
            groups, isLeftOut: isTruncated.map { $0.map { $0 && configuration.masksTruncated } },
            drawn: drawn,
            maximumTokens: configuration.microBatchTokens, sharesPrompts: sharesPrompts,
            isOwn: { optimizer.shards.group.computes($0) })
    }

    /// Updates the policy by the mixture's gradient, as often as configured on the same rollouts. Eq. (8).
    ///
    /// - Throws: `RunError.diverged` when the loss or the gradient is NaN or infinite; the policy is then as
    ///   it was, or as the epochs before left it.
    func apply(
        _ mixture: PolicyGradients.Mixture, _ computation: RolloutGradients, alignment: GradientAlignment?,
        step: Int, timer: inout PhaseTimer
    ) throws -> Outcome {
        var mixture = mixture
        let rollouts = computation.rollouts
        var outcome = Outcome(alignment: alignment, advantages: mixture.advantages)
        guard rollouts.tokenCount > 0 else { return outcome }
        let advantages = mixture.advantages.values
        let old = mixture.pass.logProbabilities
        outcome.entropy =
            try optimizer.shards.group.sum([mixture.pass.entropies.reduce(0) { $0 + Double($1) }])[0]
            / Double(rollouts.tokenCount)
        outcome.mismatch = try rollouts.drawn.map {
            try SamplingMismatch(
                old: old, drawn: $0, weights: computation.loss.importance, group: optimizer.shards.group)
        }
        for epoch in 0..<configuration.updateEpochs {
            // In the first epoch the rollouts are this policy's own: π_old is π.
            if epoch > 0 {
                mixture.pass = try timer.measure("gradients") {
                    try computation.gradients(of: [.init(advantages: advantages)], old: old)
                }
            }
            let value = try computation.value(
                mixture.pass.logProbabilities, old: epoch == 0 ? nil : old, advantages: advantages)
            guard value.loss.isFinite else { throw diverged(step, "\(value.loss)") }
            outcome.learningRate = schedule.rate(
                step: step * configuration.updateEpochs + epoch,
                of: configuration.steps * configuration.updateEpochs)
            let norm = try timer.measure("optimizer") {
                try mixture.pass.gradients[0].deliver()
                return try optimizer.step(learningRate: outcome.learningRate)
            }
            mixture.pass.gradients = []
            guard norm.isFinite else {
                throw diverged(step, "\(value.loss) with a gradient of \(norm)")
            }
            outcome.clippedLow += value.clippedLow
            outcome.clippedHigh += value.clippedHigh
            outcome.tokens += rollouts.tokenCount
            if epoch == 0 { (outcome.loss, outcome.kl, outcome.gradientNorm) = (value.loss, value.kl, norm) }
        }
        return outcome
    }

    private func diverged(_ step: Int, _ value: String) -> RunError {
        .diverged(loop: "policy optimization", step: step + 1, value: value)
    }

    private func check(_ rewards: RewardTable) throws {
        for (source, groups) in zip(configuration.rewards, rewards) {
            for (n, group) in groups.enumerated() {
                guard let place = group.firstIndex(where: { !$0.isFinite }) else { continue }
                throw CollaborationError.reward(
                    source: source.rawValue, prompt: n, rollout: place, value: group[place])
            }
        }
    }
}
