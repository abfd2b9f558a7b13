import Foundation
public import Pipeline
import Results

/// The results of a finished run in one place: `summary.json` and `summary.md`.
public struct RunSummary: Codable, Sendable, Equatable {
    /// The settings.
    public var configuration: TaijiConfiguration
    /// Data construction.
    public var construction: ConstructionSummary
    /// Rejection sampling.
    public var refinement: RefinementSummary
    /// Fine-tuning on held-out prompts.
    public var validation: FineTuningValidation
    /// First and last step of policy optimization.
    public var policy: [PolicyMetrics]
    /// Codes and similar users.
    public var codes: UserFeatureReport
    /// Tables 1 and 3.
    public var answers: AnswerTables
    /// The rankers.
    public var rankers: RankerComparison
    /// What choosing among the fine-tuned model's rollouts would earn; absent where it was not asked for.
    public var ceiling: BestOfN?

    /// Reads a finished run.
    ///
    /// - Throws: `RunError.missingStep` naming what is not done yet.
    public init(_ run: RunDirectory, _ configuration: TaijiConfiguration) throws {
        self.configuration = configuration
        construction = try run.output(of: Steps.tables).summary.read()
        refinement = try run.output(of: Steps.refinement).summary.read()
        validation = try run.output(of: Steps.tuned).validation.read()
        let metrics = try run.output(of: Steps.aligned).metrics.read()
        policy = [metrics.first, metrics.last].compactMap { $0 }
        codes = try run.output(of: Steps.features).report.read()
        answers = try run.output(of: Steps.answerTables).tables.read()
        rankers = try run.output(of: Steps.comparison).comparison.read()
        ceiling = try run.finished(Steps.bestOfN)?.table.read()
    }

    /// Writes the summary, and the results for a reader and for `taiji report`, into the run's folder.
    public func write(to run: RunDirectory) throws {
        try AtomicFile.write(self, json: run.url.appending(path: "summary.json"))
        try ResultFiles(run).write(sections(), title: "Run summary", markdown: "summary.md")
    }

    /// The tables for a terminal.
    public func plainText() throws -> String { try sections().map(\.plainText).joined(separator: "\n") }

    private func sections() throws -> [ResultSection] {
        var answered = ResultSection(title: "Answers")
        answered.tables = [
            try answerTable(), try formatTable(), try varietyTable(), try differenceTable(),
            try answeredDifferenceTable(),
        ].compactMap { $0 }
        answered.intervals = answerFigures()
        answered.notes = [
            "Intervals are 95 % bootstrap intervals over users. A difference whose interval holds 0 is no "
                + "evidence of a"
                + " gain.",
            "CTCVR of answers is measured by the judge, the ranker without the new features, which paid no "
                + "reward.",
        ]
        if let ceiling { answered.tables.append(try ceilingTable(ceiling)) }
        var ranked = ResultSection(title: "Rankers")
        ranked.tables = [
            try rankerTable(), try bothTable(), try calibrationTable(), try segmentTable(),
        ]
        ranked.notes = rankers.gainNotes(users: construction.users)
        ranked.intervals = rankerFigures()
        var sections = [answered, ranked]
        if !(rankers.arms.first?.auctions ?? []).isEmpty {
            var auctions = ResultSection(title: "A/B simulation")
            auctions.tables = [try auctionTable()]
            auctions.intervals = [auctionFigure()]
            sections.append(auctions)
        }
        return sections
    }
}
