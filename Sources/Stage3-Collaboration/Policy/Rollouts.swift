import LanguageModels
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
}
