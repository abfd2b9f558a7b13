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

    /// Writes both files into the run's folder.
    public func write(to run: RunDirectory) throws {
        try AtomicFile.write(self, json: run.url.appending(path: "summary.json"))
        try AtomicFile.write(Data(try markdown().utf8), to: run.url.appending(path: "summary.md"))
    }

    /// The tables for a terminal.
    public func plainText() throws -> String {
        try tables().map(\.plainText).joined(separator: "\n") + "\n" + notes
    }

    private func markdown() throws -> String {
        "# Run summary\n\n" + (try tables().map(\.markdown).joined(separator: "\n")) + "\n" + notes
    }

    private func tables() throws -> [TextTable] {
        [
            try answerTable(), try formatTable(), try differenceTable(), try rankerTable(),
            try calibrationTable(), try segmentTable(),
        ]
            + ((rankers.arms.first?.auctions ?? []).isEmpty ? [] : [try auctionTable()])
    }

    private var notes: String {
        """
        Intervals are 95 % bootstrap intervals over users. CTCVR of answers is measured by stage 4's baseline ranker, \
        which paid no reward. A difference whose interval holds 0 is no evidence of a gain.

        """
    }
}
