public import Foundation
public import LanguageModels
public import Pipeline
import Tokenization
import Torch
public import TorchNN

/// Pareto Optimal Policy Optimization (POPO, §2.3.3): reinforcement learning whose reward weights follow
/// training.
public struct PolicyOptimization {
    /// Rewards of rollouts: texts and lengths `[N][G]` of prompts `[N]` to what they earned, `[N][G]`.
    public typealias Reward = (
        _ texts: [[String]], _ tokens: [[Int]], _ prompts: [PolicyPrompt]
    ) throws -> [[RewardedAnswer]]
    /// Table 1 of greedy answers to the held-out prompts.
    public typealias Validate = (_ answers: [String]) throws -> [ValidationConfiguration.Metric: Double]

    private let policy: LanguageModel
    private let reference: Decoder?
    private let configuration: CollaborateConfiguration
    private let seed: UInt64
    private let group: ProcessGroup
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
        self.seed = seed
        self.reward = reward
        self.validate = validate
    }

    /// Aligns the policy and leaves a checkpoint in Hugging Face layout, `metrics.jsonl`, `rollouts.jsonl` and, with
    /// held-out prompts, `validation.jsonl` in `folder`. A folder with a saved state is continued.
    ///
    /// - Parameters:
    ///   - held: prompts that are answered for validation and never trained on.
    ///   - scale: what the collaborative reward was scaled by, a sample; kept in the checkpoint and compared on resuming.
    ///   - lastStep: leave after this step as if the program had been killed; nil trains to the end.
    /// - Throws: `CollaborationError.step` naming the step, the reason and the last saved step.
    public func run(
        _ prompts: [PolicyPrompt], held: [PolicyPrompt] = [], scale: [String: [Double]] = [:],
        into folder: URL, progress: RunProgress, lastStep: Int? = nil
    ) throws {
        guard !prompts.isEmpty else {
            throw CollaborationError.samples(found: prompts.count + held.count, validation: held.count)
        }
        var trainer = try PolicyTrainer(
            policy: policy.decoder, reference: reference, configuration, group: group)
        let (parameters, optimizer) = (policy.decoder.parameters, trainer.optimizer)
        let checkpoint = TrainingCheckpoint<PolicyState>(folder, group: group)
        let restored = try checkpoint.restore(parameters: parameters, optimizer: optimizer)
        var state = restored?.state ?? PolicyState(weights: trainer.weights, rewardScale: scale)
        if let other = scale.keys.sorted().first(where: { state.rewardScale[$0] != scale[$0] }) {
            throw CollaborationError.rewardScale(sample: other)
        }
        trainer.weights = state.weights
        let start = restored?.step ?? 0
        var saved = start
        // One process writes; the others keep what it needs to know.
        var log =
            try group.isFirst ? PolicyLog(folder, keepingSteps: start, rollouts: state.rolloutLines) : nil
        var watch = try PolicyWatch(
            folder, configuration.validation, state: state.validation, parameters: parameters,
            writes: group.isFirst)

        progress.begin("policy optimization", total: configuration.steps)
        for step in start..<configuration.steps {
            do {
                if watch.isDue(after: step) { try watch.record(step: step, measure(held)) }
                if watch.isOver { break }
                var timer = PhaseTimer()
                let batch = try draw(prompts, state: &state, timer: &timer)  // o ~ π_old  [N][G]
                let outcome = try trainer.update(  // Eqs. (5) to (9)
                    batch.rollouts.groups,
                    isTruncated: batch.rollouts.completions.map { $0.map { $0.ending == .truncated } },
                    rewards: batch.rewards, step: step, timer: &timer)
                state.rolloutLines += batch.samples.count * configuration.groupSize
                try log?.append(
                    PolicyStep(
                        step: step + 1, sources: configuration.rewards, batch: batch,
                        weights: trainer.weights,
                        outcome: outcome, timer: timer))
                if (step + 1) % configuration.checkpointInterval == 0, step + 1 < configuration.steps {
                    (state.weights, state.validation) = (trainer.weights, watch.state)
                    try checkpoint.save(
                        step: step + 1, parameters: parameters, optimizer: optimizer, state: state)
                    try watch.removeOlder()
                    saved = step + 1
                }
            } catch {
                throw CollaborationError.step(step + 1, saved: saved, reason: "\(error)")
            }
            progress.update(step + 1, detail: log?.line ?? "")
            if step + 1 == lastStep { return }
        }
        if !watch.isOver, watch.isDue(after: configuration.steps, isLast: true) {
            try watch.record(step: configuration.steps, measure(held))
        }
        try parameters.setTrainable(false)
        try watch.restoreBest()
        try policy.decoder.mergeAdapters()
        try group.meet()
        guard let log else { return }
        try policy.writeCheckpoint(to: folder)
        try AtomicFile.write(scale, json: folder.appending(path: "reward-scale.json"))
        try checkpoint.removeAll()
        try watch.removeOlder(isDone: true)
        progress.end(log.line + watch.line)
    }

    /// Rollouts of the next prompts with their rewards; prompts without signal are replaced as often as configured.
    private func draw(
        _ prompts: [PolicyPrompt], state: inout PolicyState, timer: inout PhaseTimer
    ) throws -> RewardedRollouts {
        var batch = try draw(
            next(configuration.promptsPerStep, of: prompts, &state), first: state.promptsDrawn, &timer)
        for _ in 0..<configuration.resampleRounds {
            let silent = batch.silentGroups
            guard !silent.isEmpty else { break }
            let fresh = try draw(next(silent.count, of: prompts, &state), first: state.promptsDrawn, &timer)
            let kept = batch.samples.indices.filter { !silent.contains($0) }
            batch = RewardedRollouts(
                samples: kept.map { batch.samples[$0] } + fresh.samples,
                rollouts: batch.rollouts.selecting(kept) + fresh.rollouts,
                answers: kept.map { batch.answers[$0] } + fresh.answers,
                rewards: zip(batch.rewards, fresh.rewards).map { old, new in kept.map { old[$0] } + new },
                resampledGroups: batch.resampledGroups + silent.count)
        }
        return batch
    }

    private func draw(
        _ prompts: [PolicyPrompt], first: Int, _ timer: inout PhaseTimer
    ) throws -> RewardedRollouts {
        let own = prompts.indices.filter(group.computes)
        let drawn = try timer.measure("rollouts") {
            let tokens = try own.map { try policy.promptTokens(user: prompts[$0].sample.prompt) }
            let completions = try policy.generator.generate(
                // A prompt's key is its place in the order in which the run draws prompts.
                tokens, keys: own.map { first - prompts.count + $0 },
                groupSize: configuration.groupSize, seed: SeededGenerator(seed: seed, path: 1).state,
                configuration: SamplingConfiguration(
                    maximumTokens: configuration.maximumTokens, temperature: configuration.temperature,
                    topP: configuration.topP))
            return try Rollouts(prompts: tokens, completions: completions, policy)
        }
        let earned = try timer.measure("rewards") {  // Eqs. (3), (4)
            try reward(
                drawn.texts, drawn.completions.map { $0.map(\.ids.count) }, own.map { prompts[$0] })
        }
        let (rollouts, answers) = try timer.measure("rewards") {
            try drawn.gathered(with: earned, places: own, group)
        }
        return RewardedRollouts(
            samples: prompts.map(\.sample), rollouts: rollouts, answers: answers,
            rewards: answers.table(configuration.rewards))
    }

    /// The next prompts: every pass over them goes in an order of its own.
    private func next(_ count: Int, of prompts: [PolicyPrompt], _ state: inout PolicyState) -> [PolicyPrompt]
    {
        defer { state.promptsDrawn += count }
        return (state.promptsDrawn..<state.promptsDrawn + count).map { place in
            var generator = SeededGenerator(seed: seed, path: 0, place / prompts.count)
            return prompts[prompts.indices.shuffled(using: &generator)[place % prompts.count]]
        }
    }

    private func measure(_ held: [PolicyPrompt]) throws -> [ValidationConfiguration.Metric: Double] {
        guard let validate else { return [:] }
        let own = held.indices.filter(group.computes)
        let drawn = try policy.generator.generate(
            own.map { try policy.promptTokens(user: held[$0].sample.prompt) }, keys: own, groupSize: 1,
            seed: 0,
            configuration: SamplingConfiguration(maximumTokens: configuration.maximumTokens))
        let texts = try drawn.map { try policy.tokenizer.decode($0[0].ids, skipsSpecialTokens: true) }
        let shares = try group.gather(JSONEncoder().encode(texts)).map {
            try JSONDecoder().decode([String].self, from: $0)
        }
        // One process measures, so that all of them go on from the same numbers.
        let answers = held.indices.map { shares[$0 % group.size][$0 / group.size] }
        let found = group.isFirst ? try validate(answers) : [:]
        let metrics = ValidationConfiguration.Metric.allCases
        let values = try group.sum(metrics.map { found[$0] ?? 0 } + metrics.map { found[$0] == nil ? 0 : 1 })
        return Dictionary(
            uniqueKeysWithValues: metrics.indices.filter { values[metrics.count + $0] > 0 }
                .map { (metrics[$0], values[$0]) })
    }
}

/// What a loop keeps besides weights and moments.
struct PolicyState: Codable, Sendable {
    var weights: RewardWeights
    /// Least and largest simulated score of each sample.
    var rewardScale: [String: [Double]]
    /// Prompts that were drawn so far, replaced ones too.
    var promptsDrawn = 0
    /// Lines of `rollouts.jsonl`.
    var rolloutLines = 0
    var validation = PolicyWatch.State()
}
