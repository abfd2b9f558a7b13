import Foundation
import LanguageModels
import Pipeline
import Tokenization
import TorchNN

/// Draws rollouts from the policy and has them rewarded; every process of a group draws its share of the
/// prompts.
struct RolloutSampler {
    private let policy: LanguageModel
    private let configuration: CollaborateConfiguration
    private let seed: UInt64
    private let group: ProcessGroup

    init(
        _ policy: LanguageModel, _ configuration: CollaborateConfiguration, seed: UInt64, group: ProcessGroup
    ) {
        (self.policy, self.configuration, self.seed, self.group) = (policy, configuration, seed, group)
    }

    /// This process's rollouts of the next prompts.
    struct Drawn {
        let prompts: [PolicyPrompt]
        /// Places among the prompts that this process drew for.
        let own: [Int]
        let rollouts: Rollouts
    }

    /// G rollouts of each of the next prompts, under the policy as it is.
    func rollOut(
        _ count: Int, of prompts: [PolicyPrompt], _ state: inout PolicyState, _ timer: inout PhaseTimer
    ) throws -> Drawn {
        let first = state.promptsDrawn
        let chosen = next(count, of: prompts, &state)
        let own = chosen.indices.filter(group.computes)
        let rollouts = try timer.measure("rollouts") {
            let tokens = try own.map { try policy.promptTokens(user: chosen[$0].sample.prompt) }
            var generator = try generator
            generator.keepsDrawLogProbabilities = true
            let completions = try generator.generate(
                // A prompt's key is its place in the order in which the run draws prompts.
                tokens, keys: own.map { first + $0 }, groupSize: configuration.groupSize,
                seed: SeededGenerator(seed: seed, path: 1).state,
                configuration: SamplingConfiguration(
                    maximumTokens: configuration.maximumTokens, temperature: configuration.temperature,
                    topP: configuration.topP))
            return try Rollouts(prompts: tokens, completions: completions, policy)
        }
        return Drawn(prompts: chosen, own: own, rollouts: rollouts)
    }

    /// Of rollouts: the policy's weights as they are now, rounded where the configuration says so.
    private var generator: Generator {
        get throws {
            switch configuration.rolloutWeights {
            case .float32: policy.generator
            case .int8: policy.generator(of: try policy.decoder.roundedToEightBits())
            }
        }
    }

    /// All processes' rollouts with what they earned.
    func rewarded(
        _ drawn: Drawn, by reward: POPOLoop.Reward, _ timer: inout PhaseTimer
    ) throws -> RewardedRollouts {
        let (rollouts, answers) = try timer.measure("rewards") {
            let earned = try reward(
                drawn.rollouts.texts, drawn.rollouts.completions.map { $0.map(\.ids.count) },
                drawn.own.map { drawn.prompts[$0] })
            return try drawn.rollouts.gathered(with: earned, places: drawn.own, group)
        }
        return RewardedRollouts(
            samples: drawn.prompts.map(\.sample), rollouts: rollouts, answers: answers,
            rewards: answers.table(configuration.rewards))
    }

    /// Rollouts of one prompt, drawn as those of a step are: texts and numbers of tokens.
    ///
    /// - Parameter key: of the prompt's stream of random numbers.
    func texts(_ count: Int, of prompt: PolicyPrompt, key: Int) throws -> ([String], [Int]) {
        let drawn = try generator.generate(
            [policy.promptTokens(user: prompt.sample.prompt)], keys: [key], groupSize: count,
            seed: SeededGenerator(seed: seed, path: 2).state,
            configuration: SamplingConfiguration(
                maximumTokens: configuration.maximumTokens, temperature: configuration.temperature,
                topP: configuration.topP))[0]
        return (try drawn.map { try policy.text(of: $0.ids) }, drawn.map(\.ids.count))
    }

    /// The likeliest answers to prompts, at every process.
    func greedyAnswers(_ prompts: [PolicyPrompt]) throws -> [String] {
        let own = prompts.indices.filter(group.computes)
        let drawn = try policy.generator.generate(
            own.map { try policy.promptTokens(user: prompts[$0].sample.prompt) }, keys: own, groupSize: 1,
            seed: 0, configuration: SamplingConfiguration(maximumTokens: configuration.maximumTokens))
        let texts = try drawn.map { try policy.text(of: $0[0].ids) }
        let shares = try group.gather(JSONEncoder().encode(texts)).map {
            try JSONDecoder().decode([String].self, from: $0)
        }
        return prompts.indices.map { shares[$0 % group.size][$0 / group.size] }
    }

    /// The next prompts: every pass over them goes in an order of its own.
    private func next(
        _ count: Int, of prompts: [PolicyPrompt], _ state: inout PolicyState
    ) -> [PolicyPrompt] {
        defer { state.promptsDrawn += count }
        return (state.promptsDrawn..<state.promptsDrawn + count).map { place in
            var generator = SeededGenerator(seed: seed, path: 0, place / prompts.count)
            return prompts[prompts.indices.shuffled(using: &generator)[place % prompts.count]]
        }
    }
}
