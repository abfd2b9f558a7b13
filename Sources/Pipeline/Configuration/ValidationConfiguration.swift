/// Metrics of Table 1 on prompts held out of policy optimization, so that reward hacking shows.
public struct ValidationConfiguration: Codable, Sendable, Equatable {
    /// What Table 1 measures, of greedy answers. A larger value is better.
    public enum Metric: String, Codable, CodingKeyRepresentable, Sendable, CaseIterable {
        /// Share of answers with the true category of the first level.
        case categoryL1
        /// Share of answers with the true category of the second level.
        case categoryL2
        /// Share of answers with the true category of the third level.
        case categoryL3
        /// Share of answers whose true title is among the 50 nearest.
        case titleHitRate50
        /// Share of answers whose true title is among the 100 nearest.
        case titleHitRate100
        /// Mean CTCVR of the answered items, by a ranker that pays no reward.
        case ctcvr
        /// Share of completions with an answer.
        case answered
        /// Mean cosine of the answered and the true title.
        case similarity
        /// Mean simulated reward of the answered titles: the ranker that pays, on prompts that are not
        /// trained on.
        case collaborative
        /// Mean number of words of a completion.
        case words
        /// Share of chains of thought whose first five words no other one begins with.
        case distinctOpenings
    }

    /// Prompts held out of policy optimization; 0 validates nothing, and the settings below have no effect.
    public var samples = 0
    /// Steps between validations. The first is before training, the last after it.
    public var interval = 4
    /// The metric, of greedy answers, that `patience` and `keepsBest` follow; higher is better.
    public var metric = Metric.titleHitRate100
    /// Validations without a better `metric` after which training ends; 0 never ends it early.
    public var patience = 0
    /// Keep the weights of the best validation as the checkpoint, not the last ones.
    public var keepsBest = false

    /// Rollouts of the fine-tuned model per held-out prompt, to see what choosing the best of n would earn:
    /// what alignment could reach without learning anything new. 0 leaves it out.
    public var bestOf = 0
    /// The demo's values.
    public init() {}
}
