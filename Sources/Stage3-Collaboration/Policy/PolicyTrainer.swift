public import LanguageModels
public import Pipeline
import Torch
public import TorchNN

/// One update of policy optimization: from rollouts and their rewards to new weights of the model and of the rewards.
public struct PolicyTrainer {
    /// The model that is aligned, in place.
    public let policy: Decoder
    private let reference: Decoder?
    private let configuration: CollaborateConfiguration
    private let sharesPrompts: Bool
    private let schedule: LearningRateSchedule
    /// Of the policy's parameters.
    public let optimizer: AdamW
    /// w⁽ᵗ⁾.
    public var weights: RewardWeights

    /// What an update came to.
    public struct Outcome {
        /// Eq. (8), negated, before the first update of the step.
        public var loss = 0.0
        /// The KL term alone.
        public var kl = 0.0
        /// Mean entropy of the policy's distributions at the rollouts' tokens, at the sampling temperature and before `topP`.
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
        /// Eq. (6); nil unless the weights follow gradients.
        public var alignment: GradientAlignment?
        /// Â of the mixture.
        public var advantages: GroupAdvantages
    }

    /// - Parameters:
    ///   - policy: its `parameters` are trained.
    ///   - reference: π_ref, frozen; nil only with β = 0.
    ///   - group: processes that share a step's groups of rollouts; each is given all of them and computes its own.
    ///   - sharesPrompts: compute a group's prompt once; a copy for each rollout gives the same numbers within rounding.
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
        let subset = configuration.weighting.parameters
        guard subset.isEmpty || policy.parameters.names.contains(where: { $0.contains(subset) }) else {
            throw CollaborationError.parameters(text: subset, example: policy.parameters.names.first ?? "")
        }
        optimizer = try AdamW(policy.parameters, configuration: AdamWConfiguration(), group: group)
        weights = RewardWeights(configuration.weighting)
        try policy.parameters.setTrainable(true)
    }

    /// - Parameters:
    ///   - groups: prompts with their rollouts, `[N]` of G.
    ///   - isTruncated: whether a rollout reached the most tokens, `[N][G]`.
    ///   - rewards: `[K][N][G]`.
    ///   - step: from 0.
    ///   - timer: gets the phases `reference`, `gradients` and `optimizer`.
    /// - Throws: `CollaborationError.reward` for a reward that is no number, `RunError.diverged` when the loss or the gradient is
    ///   none; the policy is then as it was, or as the epochs before left it.
    public mutating func update(
        _ groups: [PackedGroup], isTruncated: [[Bool]], rewards: RewardTable, step: Int,
        timer: inout PhaseTimer
    ) throws -> Outcome {
        try check(rewards)
        let rollouts = try TrainedRollouts(
            groups, isLeftOut: isTruncated.map { $0.map { $0 && configuration.masksTruncated } },
            maximumTokens: configuration.microBatchTokens, sharesPrompts: sharesPrompts,
            isOwn: { optimizer.shards.group.computes($0) })
        let referenceLogs = try timer.measure("reference") {
            try reference.map {
                try PolicyUpdate.logProbabilities(rollouts, under: $0, temperature: configuration.temperature)
            }
        }
        let update = PolicyUpdate(
            policy: policy, rollouts: rollouts, loss: POPOLoss(configuration),
            temperature: configuration.temperature, reference: referenceLogs, shards: optimizer.shards)
        var first = try timer.measure("gradients") {  // Eqs. (5) to (9)
            try MixedGradient(update, rewards, weights: &weights, configuration, step: step)
        }
        var outcome = Outcome(alignment: first.alignment, advantages: first.advantages)
        guard rollouts.tokenCount > 0 else { return outcome }
        let old = first.pass.logProbabilities
        outcome.entropy =
            try optimizer.shards.group.sum([first.pass.entropies.reduce(0) { $0 + Double($1) }])[0]
            / Double(rollouts.tokenCount)
        for epoch in 0..<configuration.updateEpochs {
            // In the first epoch the rollouts are this policy's own: π_old is π.
            var pass =
                epoch == 0
                ? first.pass
                : try timer.measure("gradients") {
                    try update.gradients(of: [.init(advantages: first.advantages.values)], old: old)
                }
            let value = try update.value(
                pass.logProbabilities, old: epoch == 0 ? nil : old, advantages: first.advantages.values)
            guard value.loss.isFinite else {
                throw RunError.diverged(loop: "policy optimization", step: step + 1, value: "\(value.loss)")
            }
            outcome.clippedLow += value.clippedLow
            outcome.clippedHigh += value.clippedHigh
            outcome.tokens += rollouts.tokenCount
            outcome.learningRate = schedule.rate(
                step: step * configuration.updateEpochs + epoch,
                of: configuration.steps * configuration.updateEpochs)
            let norm = try timer.measure("optimizer") {
                try pass.gradients[0].deliver()
                return try optimizer.step(learningRate: outcome.learningRate)
            }
            (first.pass.gradients, pass.gradients) = ([], [])
            guard norm.isFinite else {
                throw RunError.diverged(
                    loop: "policy optimization", step: step + 1,
                    value: "\(value.loss) with a gradient of \(norm)")
            }
            if epoch == 0 { (outcome.loss, outcome.kl, outcome.gradientNorm) = (value.loss, value.kl, norm) }
        }
        return outcome
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
