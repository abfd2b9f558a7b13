import Foundation
public import LanguageModels
public import Pipeline
import Torch
public import TorchNN

/// Pareto Optimal Policy Optimization (POPO, §2.3.3): reinforcement learning whose reward weights follow
/// training.
///
/// `run` is the loop, `step` one step of it, `PolicyTrainer.update` the algorithm of that step; all of it is
/// in this file.
public struct POPOLoop {
    /// Rewards of rollouts: texts and lengths `[N][G]` of prompts `[N]` to what they earned, `[N][G]`.
    public typealias Reward = (
        _ texts: [[String]], _ tokens: [[Int]], _ prompts: [PolicyPrompt]
    ) throws -> [[RewardedAnswer]]
    /// Table 1 of greedy answers to the held-out prompts.
    public typealias Validate = (_ answers: [String]) throws -> [ValidationConfiguration.Metric: Double]

    private let policy: LanguageModel
    private let reference: Decoder?
    private let configuration: CollaborateConfiguration
    private let group: ProcessGroup
    private let sampler: RolloutSampler
    private let reward: Reward
    private let validate: Validate?

    /// - Parameters:
    ///   - policy: the model that is aligned, in place.
    ///   - reference: π_ref, the fine-tuned model, frozen; nil with β = 0.
    ///   - group: processes that share the prompts of every step; each is given the same models and prompts.
    ///   - validate: nil to validate nothing.
    public init(
        policy: LanguageModel, reference: Decoder?, configuration: CollaborateConfiguration, seed: UInt64,
        group: ProcessGroup = .alone, reward: @escaping Reward, validate: Validate? = nil
    ) {
        self.group = group
        self.policy = policy
        self.reference = reference
        self.configuration = configuration
        self.reward = reward
        self.validate = validate
        sampler = RolloutSampler(policy, configuration, seed: seed, group: group)
    }

    /// Aligns the policy and leaves a checkpoint in Hugging Face layout with metrics, rollouts and, with
    /// held-out prompts, validation. A folder with a saved state is continued.
    ///
    /// - Parameters:
    ///   - held: prompts that are answered for validation and never trained on.
    ///   - scale: minimum and maximum that the collaborative reward was scaled by, by sample; kept in the
    ///     checkpoint and compared on resuming.
    ///   - lastStep: leave after this step as if the program had been killed; nil trains to the end.
    /// - Throws: `CollaborationError.step` naming the step, the reason and the last saved step.
    public func run(
        _ prompts: [PolicyPrompt], held: [PolicyPrompt] = [], scale: [String: [Double]] = [:],
        into output: AlignedModel, progress: RunProgress, lastStep: Int? = nil
    ) throws {
        guard !prompts.isEmpty else {
            throw CollaborationError.samples(found: prompts.count + held.count, validation: held.count)
        }
        var trainer = try PolicyTrainer(
            policy: policy.decoder, reference: reference, configuration, group: group)
        let parameters = policy.decoder.parameters
        var loop = try ResumableLoop(
            .init(
                title: "policy optimization", steps: configuration.steps,
                checkpointInterval: configuration.checkpointInterval, lastStep: lastStep),
            in: output.folder, parameters: parameters, optimizer: trainer.optimizer, group: group,
            progress: progress
        ) { PolicyState(weights: trainer.weights, rewardScale: scale) }
        if let other = scale.keys.sorted().first(where: { loop.state.rewardScale[$0] != scale[$0] }) {
            throw CollaborationError.rewardScale(sample: other)
        }
        trainer.weights = loop.state.weights
        // One process writes; the others keep what it needs to know.
        var log =
            try group.isFirst
            ? PolicyLog(output, keepingSteps: loop.start, rollouts: loop.state.rolloutLines) : nil
        var watch = try PolicyWatch(
            output, configuration.validation, state: loop.state.validation, parameters: parameters,
            writes: group.isFirst)
        let end = try loop.run(
            failure: { CollaborationError.step($1, saved: $2, reason: "\($0)") },
            didSave: { try watch.removeOlder() },
            step: { index, state in
                if watch.isDue(after: index) { try watch.record(step: index, measure(held)) }
                if watch.isOver { return .stop }
                let step = try self.step(index, prompts, &trainer, &state)
                try log?.append(step)
                (state.weights, state.validation) = (trainer.weights, watch.state)
                return .next(log?.line ?? "")
            })
        guard end == .finished else { return }
        if !watch.isOver, watch.isDue(after: configuration.steps, isLast: true) {
            try watch.record(step: configuration.steps, measure(held))
        }
        try watch.restoreBest()
        try policy.decoder.mergeAdapters()
        try loop.finish {
            try policy.writeCheckpoint(to: output.folder)
            try output.rewardScale.write(scale)
            try watch.removeOlder(isDone: true)
            return (log?.line ?? "") + watch.line
        }
    }

    /// One step: rollouts of the next prompts, their rewards, and the update.
    private func step(
        _ index: Int, _ prompts: [PolicyPrompt], _ trainer: inout PolicyTrainer, _ state: inout PolicyState
    ) throws -> PolicyStep {
        var timer = PhaseTimer()
        let count = configuration.promptsPerStep
        var drawn = try sampler.rollOut(count, of: prompts, &state, &timer)  // o ~ π_old  [N][G]
        var batch = try sampler.rewarded(drawn, by: reward, &timer)  // r_k, Eqs. (3), (4)  [K][N][G]
        for _ in 0..<configuration.resampleRounds where !batch.silentGroups.isEmpty {
            drawn = try sampler.rollOut(batch.silentGroups.count, of: prompts, &state, &timer)
            batch = batch.replacingSilentGroups(by: try sampler.rewarded(drawn, by: reward, &timer))
        }
        let outcome = try trainer.update(  // w⁽ᵗ⁾ and θ, Eqs. (5) to (9)
            batch.rollouts.groups, isTruncated: batch.rollouts.isTruncated, rewards: batch.rewards,
            drawn: batch.rollouts.drawn, step: index, timer: &timer)
        state.rolloutLines += batch.samples.count * configuration.groupSize
        return PolicyStep(
            step: index + 1, sources: configuration.rewards, batch: batch, weights: trainer.weights,
            outcome: outcome, timer: timer)
    }
}

extension PolicyTrainer {
    /// One update from rollouts and their rewards to new weights of the rewards, w⁽ᵗ⁾, and of the model, θ.
    ///
    /// - Parameters:
    ///   - groups: prompts with their rollouts, `[N]` of G.
    ///   - isTruncated: whether a rollout reached the maximum number of tokens, `[N][G]`.
    ///   - rewards: `[K][N][G]`.
    ///   - drawn: log μ of every token under the weights that drew it, at the sampling temperature,
    ///     `[N][G][|o|]`; nil where it is not known.
    ///   - step: from 0.
    ///   - timer: gets the phases `reference`, `gradients` and `optimizer`.
    /// - Throws: `CollaborationError.reward` for a reward that is NaN or infinite, `RunError.diverged` when
    ///   the loss or the gradient is; the policy is then as it was, or as the epochs before left it.
    public mutating func update(
        _ groups: [PackedGroup], isTruncated: [[Bool]], rewards: RewardTable, drawn: [[[Float]]]? = nil,
        step: Int, timer: inout PhaseTimer
    ) throws -> Outcome {
        let rollouts = try packed(groups, isTruncated: isTruncated, drawn: drawn)
        var (computation, gradients) = try gradients(  // ∇L_k
            of: rollouts, rewards, step: step, timer: &timer)
        let weighting = configuration.weighting
        switch weighting.rule(at: step) {  // w⁽ᵗ⁾  [K]
        case .fixed: break  // GRPO
        case .scheduled: weights.interpolate(weighting, step: step, of: configuration.steps)
        case .popoLight: weights.followVariation(rewards, weighting)  // Eq. (7)
        case .popo:
            guard let alignment = gradients.alignment else { break }
            weights.descend(alignment, weighting)  // Eqs. (5), (6)
        }
        let mixture = try timer.measure("gradients") {  // Eq. (9)
            try gradients.mixed(by: weights.values)
        }
        return try apply(  // Eq. (8)
            mixture, computation, alignment: gradients.alignment, step: step, timer: &timer)
    }
}

extension POPOLoop {
    /// Table 1 of greedy answers to the held-out prompts, which the processes share.
    private func measure(_ held: [PolicyPrompt]) throws -> [ValidationConfiguration.Metric: Double] {
        guard let validate else { return [:] }
        let answers = try sampler.greedyAnswers(held)
        // One process measures, so that all of them go on from the same numbers.
        let found = group.isFirst ? try validate(answers) : [:]
        let metrics = ValidationConfiguration.Metric.allCases
        let values = try group.sum(metrics.map { found[$0] ?? 0 } + metrics.map { found[$0] == nil ? 0 : 1 })
        return Dictionary(
            uniqueKeysWithValues: metrics.indices.filter { values[metrics.count + $0] > 0 }
                .map { (metrics[$0], values[$0]) })
    }
}
