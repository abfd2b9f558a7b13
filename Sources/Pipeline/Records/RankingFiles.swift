/// Names of the steps and files of stage 4 that later parts read.
public enum RankingFiles {
    /// Step: the aligned model's reasoning and answer for every user.
    public static let reasoningStep = "4-rank/reasoning"
    /// Step: the base model's output for every user, a placebo.
    public static let baseReasoningStep = "4-rank/reasoning-base"
    /// Folder of the features of the base model's output.
    public static let baseModelFeatures = "base-model"
    /// Folder of the features of the raw history.
    public static let historyFeatures = "history"
    /// Step: embeddings, codebook, codes and similar users.
    public static let featuresStep = "4-rank/features"
    /// Step: the baseline and the enhanced rankers.
    public static let rankersStep = "4-rank/rankers"
    /// `ModelAnswer` records, one a user.
    public static let reasoning = "reasoning.jsonl"
    /// `UserFeature` records, one a user.
    public static let features = "features.jsonl"
    /// Folder of the baseline ranker, which measures the CTCVR of answers.
    public static let baselineRanker = "baseline"
    /// `AuctionUser` records.
    public static let auctions = "auctions.jsonl"
    /// `RankerComparison`.
    public static let comparison = "comparison.json"
}
