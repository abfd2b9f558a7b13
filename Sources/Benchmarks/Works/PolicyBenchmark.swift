import Collaboration
public import LanguageModels
public import Pipeline
import Torch
import TorchNN

/// One step of policy optimization on random prompts: rollouts of full length, random rewards, reference,
/// gradients, AdamW. A token is one of a prompt, each counted once, or of a rollout.
public struct PolicyBenchmark: Benchmark {
    /// The sizes of a step.
    public struct Sizes: Sendable {
        /// N.
        public var prompts: Int
        /// G.
        public var group: Int
        /// Tokens of each prompt.
        public var promptTokens: Int
        /// Tokens of each rollout.
        public var completionTokens: Int

        /// A step's sizes.
        public init(prompts: Int, group: Int, promptTokens: Int, completionTokens: Int) {
            self.prompts = prompts
            self.group = group
            self.promptTokens = promptTokens
            self.completionTokens = completionTokens
        }
    }

    /// See `Benchmark`.
    public let plan: BenchmarkPlan
    private let sizes: Sizes
    private let prompts: [[Int32]]
    private let configuration: CollaborateConfiguration
    private let sharesPrompts: Bool
    private let policy: Decoder
    private var trainer: PolicyTrainer
    private var stepCount = 0

    /// - Parameters:
    ///   - policy: is trained in place.
    ///   - reference: π_ref; nil with β = 0.
    ///   - configuration: the loss, the weighting, the micro-batch. Sizes come from `sizes`.
    ///   - sharesPrompts: compute a group's prompt once in reference and gradients, not once a rollout.
    ///   - seed: of the random token ids, rollouts and rewards.
    /// - Throws: `BenchmarkError.request` for a size that is too small.
    public init(
        policy: Decoder, reference: Decoder?, _ configuration: CollaborateConfiguration, _ sizes: Sizes,
        sharesPrompts: Bool = true, seed: UInt64
    ) throws {
        try BenchmarkError.requirePositive([
            "prompts": sizes.prompts, "group - 1": sizes.group - 1, "prompt-tokens": sizes.promptTokens,
            "completion-tokens - 1": sizes.completionTokens - 1,
        ])
        var configuration = configuration
        configuration.groupSize = sizes.group
        configuration.promptsPerStep = sizes.prompts
        configuration.maximumTokens = sizes.completionTokens
        configuration.steps = 1000
        self.configuration = configuration
        self.sizes = sizes
        self.sharesPrompts = sharesPrompts
        let shape = policy.configuration
        prompts = RandomTokens.sequences(
            sizes.prompts, of: sizes.promptTokens, below: shape.vocabularySize, seed: seed)
        self.policy = policy
        trainer = try PolicyTrainer(
            policy: policy, reference: reference, configuration, sharesPrompts: sharesPrompts)
        // A forward pass over a group with its prompt once; rollouts and reference are one each, training is
        // three, and two more for every further gradient.
        let pass = Arithmetic(shape).scoring(
            prompt: sizes.promptTokens, group: sizes.group, continuation: sizes.completionTokens)
        let gradients = configuration.weighting.method == .popo ? configuration.rewards.count : 1
        let passes = 1 + (configuration.klCoefficient > 0 ? 1 : 0) + 1 + 2 * gradients
        plan = BenchmarkPlan(
            work: "grpo",
            tokensPerStep: sizes.prompts * (sizes.promptTokens + sizes.group * sizes.completionTokens),
            operationsPerStep: Double(sizes.prompts * passes) * pass, matrixShapes: shape.matrixShapes)
    }

    /// See `Benchmark`.
    public mutating func step(_ timer: inout PhaseTimer) throws {
        let completions = try timer.measure("rollouts") {
            let decoder = configuration.rolloutWeights == .int8 ? try policy.roundedToEightBits() : policy
            return try Generator(decoder, stopTokens: []).generate(
                prompts, keys: prompts.indices.map { stepCount * sizes.prompts + $0 }, groupSize: sizes.group,
                seed: 1,
                configuration: SamplingConfiguration(
                    maximumTokens: sizes.completionTokens, temperature: configuration.temperature))
        }
        let groups = try zip(prompts, completions).map { prompt, group in
            try PackedGroup(prompt: prompt, continuations: group.map(\.ids))
        }
        let none = groups.map { $0.continuations.map { _ in false } }
        _ = try trainer.update(
            groups, isTruncated: none, rewards: rewards(),
            drawn: completions.map { $0.map(\.logProbabilities) }, step: stepCount, timer: &timer)
        stepCount += 1
    }

    /// Uniform numbers, `[K][N][G]`.
    private func rewards() -> RewardTable {
        configuration.rewards.indices.map { source in
            (0..<sizes.prompts).map { prompt in
                var generator = SeededGenerator(seed: 2, path: stepCount, source, prompt)
                return (0..<sizes.group).map { _ in generator.nextUnit() }
            }
        }
    }
}
