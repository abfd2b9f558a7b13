import Foundation
import LanguageModels
public import Pipeline
import Tokenization
import TorchNN

/// The rollouts of a step: tokens for the loss, text for the rewards. `[N][G]`
struct Rollouts {
    let completions: [[Completion]]
    let texts: [[String]]
    /// Token in, token out: the tokens that were drawn are the tokens that are trained on.
    let groups: [PackedGroup]

    init(prompts: [[Int32]], completions: [[Completion]], _ model: LanguageModel) throws {
        self.completions = completions
        texts = try completions.map { group in
            try group.map { try model.text(of: $0.ids) }
        }
        groups = try zip(prompts, completions).map { prompt, group in
            try PackedGroup(prompt: prompt, continuations: group.map(\.ids))
        }
    }

    private init(completions: [[Completion]], texts: [[String]], groups: [PackedGroup]) {
        (self.completions, self.texts, self.groups) = (completions, texts, groups)
    }

    /// Whether each reached the maximum number of tokens.
    var isTruncated: [[Bool]] { completions.map { $0.map { $0.ending == .truncated } } }

    /// log μ of every token under the weights that drew it, at the sampling temperature, `[N][G][|o|]`.
    var drawn: [[[Float]]] {
        completions.map { $0.map { $0.drawLogProbabilities ?? $0.logProbabilities } }
    }

    /// Some of the groups.
    func selecting(_ places: [Int]) -> Rollouts {
        Rollouts(
            completions: places.map { completions[$0] }, texts: places.map { texts[$0] },
            groups: places.map { groups[$0] })
    }

    /// Every process's rollouts and rewards, in the order of the prompts, at every process.
    ///
    /// - Parameter places: the prompts of these rollouts among all.
    func gathered(
        with answers: [[RewardedAnswer]], places: [Int], _ group: ProcessGroup
    ) throws -> (Rollouts, [[RewardedAnswer]]) {
        guard group.size > 1 else { return (self, answers) }
        let own = places.indices.map {
            GatheredGroup(
                place: places[$0], prompt: groups[$0].prompt, completions: completions[$0], texts: texts[$0],
                answers: answers[$0])
        }
        let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
        // A reward that is no number is refused later, with its name.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let all = try group.gather(encoder.encode(own))
            .flatMap { try decoder.decode([GatheredGroup].self, from: $0) }
            .sorted { $0.place < $1.place }
        let rollouts = Rollouts(
            completions: all.map(\.completions), texts: all.map(\.texts),
            groups: try all.map {
                try PackedGroup(prompt: $0.prompt, continuations: $0.completions.map(\.ids))
            })
        return (rollouts, all.map(\.answers))
    }

    static func + (left: Rollouts, right: Rollouts) -> Rollouts {
        Rollouts(
            completions: left.completions + right.completions, texts: left.texts + right.texts,
            groups: left.groups + right.groups)
    }
}

/// A group of rollouts on its way between processes.
private struct GatheredGroup: Codable {
    var place: Int
    var prompt: [Int32]
    var completions: [Completion]
    var texts: [String]
    var answers: [RewardedAnswer]
}

/// A step's rollouts with what they earned.
struct RewardedRollouts {
    var samples: [PromptSample]
    var rollouts: Rollouts
    var answers: [[RewardedAnswer]]
    /// `[K][N][G]`.
    var rewards: RewardTable
    /// Groups that were replaced on the way.
    var resampledGroups = 0

    /// Groups in which no reward tells the rollouts apart.
    var silentGroups: [Int] {
        samples.indices.filter { n in rewards.allSatisfy { populationDeviation($0[n]) == 0 } }
    }

    /// The same with fresh groups in place of those without signal.
    func replacingSilentGroups(by fresh: RewardedRollouts) -> RewardedRollouts {
        let silent = silentGroups
        let kept = samples.indices.filter { !silent.contains($0) }
        return RewardedRollouts(
            samples: kept.map { samples[$0] } + fresh.samples,
            rollouts: rollouts.selecting(kept) + fresh.rollouts,
            answers: kept.map { answers[$0] } + fresh.answers,
            rewards: zip(rewards, fresh.rewards).map { old, new in kept.map { old[$0] } + new },
            resampledGroups: resampledGroups + silent.count)
    }
}

/// A prompt of policy optimization with the true item of its visit in the form of an answer.
public struct PolicyPrompt: Sendable, Equatable {
    /// The sample.
    public let sample: PromptSample
    /// Its target as an answer.
    public let target: String

    /// A prompt.
    public init(sample: PromptSample, target: String) {
        self.sample = sample
        self.target = target
    }
}
