import Evaluation
import Foundation
public import Pipeline

/// What a run came to, in one place: `summary.json` and `summary.md`.
public struct RunSummary: Codable, Sendable, Equatable {
    /// The settings.
    public var configuration: TaijiConfiguration
    /// Data construction.
    public var construction: JSONValue
    /// Rejection sampling.
    public var refinement: JSONValue
    /// Fine-tuning on prompts that were kept out.
    public var validation: JSONValue
    /// First and last step of policy optimization.
    public var policy: [JSONValue]
    /// Codes and similar users.
    public var codes: JSONValue
    /// Tables 1 and 3.
    public var answers: AnswerTables
    /// The rankers.
    public var rankers: RankerComparison

    /// Reads a finished run.
    ///
    /// - Throws: `RunError.missingStep` naming what is not done yet.
    public init(_ run: RunDirectory, _ configuration: TaijiConfiguration) throws {
        self.configuration = configuration
        func json<Value: Decodable>(_ step: String, _ file: String) throws -> Value {
            _ = try run.fingerprint(step)
            return try AtomicFile.read(Value.self, json: run.folder(step).appending(path: file))
        }
        construction = try json(ConstructedFiles.tablesStep, "summary.json")
        refinement = try json("2-activate/refinement", "refinement.json")
        validation = try json("2-activate/checkpoint", "validation.json")
        let metrics = try JSONLines.read(
            JSONValue.self, from: run.folder(SimulationFiles.checkpointStep).appending(path: "metrics.jsonl"))
        policy = [metrics.first, metrics.last].compactMap { $0 }
        codes = try json(RankingFiles.featuresStep, "report.json")
        answers = try json(EvaluationStage.tablesStep, EvaluationStage.tablesFile)
        rankers = try json(RankingFiles.rankersStep, RankingFiles.comparison)
    }

    /// Writes the summary, and the results for a reader and for `taiji report`, into the run's folder.
    public func write(to run: RunDirectory) throws {
        try AtomicFile.write(self, json: run.url.appending(path: "summary.json"))
        try ResultFiles.write(
            try sections(), title: "Run summary", json: ResultFiles.results, markdown: "summary.md", to: run)
    }

    /// The tables for a terminal.
    public func plainText() throws -> String { try sections().map(\.plainText).joined(separator: "\n") }

    private func sections() throws -> [ResultSection] {
        var answered = ResultSection(title: "Answers")
        answered.tables = [try answerTable(), try formatTable(), try differenceTable()]
        answered.intervals = answerFigures()
        answered.notes = [
            "Intervals are 95 % bootstrap intervals over users. A difference whose interval holds 0 is no evidence of a gain.",
            "CTCVR of answers is measured by stage 4's baseline ranker, which paid no reward.",
        ]
        var ranked = ResultSection(title: "Rankers")
        ranked.tables = [try rankerTable(), try calibrationTable(), try segmentTable()]
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
