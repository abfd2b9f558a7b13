import LanguageModels
public import Pipeline
import Tokenization

/// The rollouts of a step: tokens for the loss, text for the rewards. `[N][G]`
struct Rollouts {
    let completions: [[Completion]]
    let texts: [[String]]
    /// Token in, token out: the tokens that were drawn are the tokens that are trained on.
    let groups: [PackedGroup]

    init(prompts: [[Int32]], completions: [[Completion]], _ model: LanguageModel) throws {
        self.completions = completions
        texts = try completions.map { group in
            try group.map { try model.tokenizer.decode($0.ids, skipsSpecialTokens: true) }
        }
        groups = try zip(prompts, completions).map { prompt, group in
            try PackedGroup(prompt: prompt, continuations: group.map(\.ids))
        }
    }

    private init(completions: [[Completion]], texts: [[String]], groups: [PackedGroup]) {
        (self.completions, self.texts, self.groups) = (completions, texts, groups)
    }

    /// Some of the groups.
    func selecting(_ places: [Int]) -> Rollouts {
        Rollouts(
            completions: places.map { completions[$0] }, texts: places.map { texts[$0] },
            groups: places.map { groups[$0] })
    }

    static func + (left: Rollouts, right: Rollouts) -> Rollouts {
        Rollouts(
            completions: left.completions + right.completions, texts: left.texts + right.texts,
            groups: left.groups + right.groups)
    }
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
