public import Foundation
public import LanguageModels
public import Pipeline
import Torch
import TorchNN

/// Pareto Optimal Policy Optimization (POPO, §2.3.3): reinforcement learning whose reward weights follow
/// training.
public struct PolicyOptimization {
    private let policy: LanguageModel
    private let reference: Decoder
    private let rewarder: Rewarder
    private let configuration: CollaborateConfiguration
    private let seed: UInt64

    /// - Parameters:
    ///   - policy: the model that is aligned, in place.
    ///   - reference: π_ref, the fine-tuned model, frozen.
    public init(
        policy: LanguageModel, reference: Decoder, rewarder: Rewarder,
        configuration: CollaborateConfiguration,
        seed: UInt64
    ) {
        self.policy = policy
        self.reference = reference
        self.rewarder = rewarder
        self.configuration = configuration
        self.seed = seed
    }

    /// Aligns the policy and leaves a checkpoint in Hugging Face layout, `metrics.jsonl` and `rollouts.jsonl`
    /// in `folder`. A folder with a saved state is continued.
    ///
    /// - Parameter targets: true item of each sample in the form of an answer.
    /// - Throws: `RunError.diverged` when the loss is no number.
    public func run(_ samples: [PromptSample], targets: [String], into folder: URL, progress: RunProgress)
        throws
    {
        let parameters = policy.decoder.parameters
        let optimizer = try AdamW(parameters, configuration: AdamWConfiguration())
        let schedule = LearningRateSchedule(
            peak: configuration.learningRate, warmUpShare: configuration.warmUpShare)
        let checkpoint = TrainingCheckpoint<RewardWeights>(folder)
        let restored = try checkpoint.restore(parameters: parameters, optimizer: optimizer)
        let start = restored?.step ?? 0
        var weights = restored?.state ?? RewardWeights(configuration.weighting)
        var log = try PolicyLog(folder, keeping: start, rolloutsPerStep: rolloutsPerStep)

        progress.begin("policy optimization", total: configuration.steps)
        for step in start..<configuration.steps {
            let batch = places(step: step, of: samples.count)
            let rollouts = try rollOut(batch.map { samples[$0] }, step: step)  // o ~ π_old          [N][G]
            let answers = try rewarder.reward(  // Eqs. (3), (4)                                      [N][G]
                rollouts.texts, samples: batch.map { samples[$0] }, targets: batch.map { targets[$0] })
            let rewards = answers.table  // [K][N][G]

            let update = PolicyUpdate(
                policy: policy.decoder, reference: reference, groups: rollouts.groups, loss: lossFunction)
            let referenceLogs = try update.referenceLogProbabilities()
            try parameters.setTrainable(true)
            var alignment: GradientAlignment?
            try weights.advance(configuration.weighting, rewards: rewards) {  // Eqs. (5), (7)       [K]
                let computed = try update.alignment(rewards)  // Eq. (6)                             [K]
                alignment = computed
                return computed
            }
            let mixture = mixed(rewards, weights: weights.values)  // Eq. (9)                        [N][G]
            let advantages = GroupAdvantages(mixture)  // Â of Eq. (8)                               [N][G]
            let value = try update.backward(  // Eq. (8), negated
                advantages: advantages.values, reference: referenceLogs)
            guard value.loss.isFinite else {
                throw RunError.diverged(loop: "policy optimization", step: step + 1, value: "\(value.loss)")
            }
            let rate = schedule.rate(step: step, of: configuration.steps)
            let norm = try optimizer.step(learningRate: rate)
            try parameters.setTrainable(false)

            try log.append(
                PolicyStep(
                    step: step + 1, samples: batch.map { samples[$0] }, rollouts: rollouts, answers: answers,
                    rewards: rewards, weights: weights, alignment: alignment, advantages: advantages,
                    loss: value.loss, kl: value.kl, clippedTokens: value.clippedTokens, gradientNorm: norm,
                    learningRate: rate))
            if (step + 1) % configuration.checkpointInterval == 0, step + 1 < configuration.steps {
                try checkpoint.save(
                    step: step + 1, parameters: parameters, optimizer: optimizer, state: weights)
            }
            progress.update(step + 1, detail: log.line)
        }
        try policy.writeCheckpoint(to: folder)
        try checkpoint.removeAll()
        progress.end(log.line)
    }

    private var rolloutsPerStep: Int { configuration.promptsPerStep * configuration.groupSize }

    private var lossFunction: POPOLoss {
        POPOLoss(
            clipRange: configuration.clipRange, klCoefficient: configuration.klCoefficient,
            klEstimator: configuration.klEstimator)
    }

    /// The prompts of a step: every pass over the samples goes in an order of its own.
    private func places(step: Int, of count: Int) -> [Int] {
        let first = step * configuration.promptsPerStep
        return (first..<first + configuration.promptsPerStep).map { place in
            var generator = SeededGenerator(seed: seed, path: 0, place / count)
            return Array(0..<count).shuffled(using: &generator)[place % count]
        }
    }

    private func rollOut(_ samples: [PromptSample], step: Int) throws -> Rollouts {
        let prompts = try samples.map { try policy.promptTokens(user: $0.prompt) }
        let completions = try policy.generator.generate(
            prompts, keys: samples.indices.map { step * configuration.promptsPerStep + $0 },
            groupSize: configuration.groupSize, seed: SeededGenerator(seed: seed, path: 1).state,
            configuration: SamplingConfiguration(
                maximumTokens: configuration.maximumTokens, temperature: configuration.temperature,
                topP: configuration.topP))
        return try Rollouts(prompts: prompts, completions: completions, policy)
    }
}
