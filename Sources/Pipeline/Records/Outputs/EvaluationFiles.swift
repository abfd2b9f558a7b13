public import Foundation

/// Tables 1 and 3 of one run.
public struct AnswerTableFiles: StepOutput {
    /// The folder.
    public let folder: URL

    /// The tables in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// The tables.
    public var tables: JSONFile<AnswerTables> { .init(folder, "answers.json") }
}

/// Answers to the test samples with their scores, before averaging.
public struct AnswerScoreFiles: StepOutput {
    /// The folder.
    public let folder: URL

    /// The scores in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// One entry per model or heuristic baseline.
    public var scores: JSONFile<[ScoredAnswers]> { .init(folder, "scores.json") }
}

/// How the rankers compare, and what the A/B simulation made of them.
public struct RankerComparisonFiles: StepOutput {
    /// The folder.
    public let folder: URL

    /// The comparison in a step's folder.
    public init(folder: URL) { self.folder = folder }

    /// Metrics of every ranker.
    public var comparison: JSONFile<RankerComparison> { .init(folder, "comparison.json") }
    /// One record per ranker and user.
    public var auctions: JSONLinesFile<AuctionUser> { .init(folder, "auctions.jsonl") }
}
