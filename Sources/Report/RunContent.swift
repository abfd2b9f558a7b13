import Collaboration
import Foundation
import Pipeline
import ReasoningActivation

/// What the page shows of one run: facts, figures stage by stage, and its users.
struct RunContent: Encodable {
    /// A stage, or the lineage.
    struct Group: Encodable {
        let title: String
        /// What was counted or measured, as name and value.
        let facts: [[String]]
        let plots: [Plot]
        /// What is not done yet and which command does it; nil where all is there.
        let missing: String?
    }

    let name: String
    let groups: [Group]
    let lineage: [[String]]
    let examples: [UserExample]

    /// - Parameter prefix: begins the figures' ids, which are unique on a page.
    init(_ run: RunDirectory, name: String, prefix: String) throws {
        let steps = try Self.finishedSteps(run)
        guard !steps.isEmpty else {
            throw RunError.file(
                path: run.url.path, message: "has no finished step; make a run with `taiji run --run DIR`")
        }
        let files = StepFiles(run: run, steps: Set(steps))
        let lineage = try Lineage(run, steps)
        self.name = name
        self.lineage = lineage.lines
        groups = [
            Group(
                title: "Lineage", facts: [], plots: [lineage.plot("\(prefix)-lineage")].filter(\.hasData),
                missing: nil),
            try Self.construction(files), try Self.activation(files, prefix),
            try Self.collaboration(files, prefix),
            try Self.ranking(files, prefix),
        ]
        examples = try UserExample.all(files)
    }

    /// Steps in the order of the stages; steps that another run did and this one adopted are among them.
    static func finishedSteps(_ run: RunDirectory) throws -> [String] {
        let order = [
            ConstructedFiles.tablesStep, ConstructedFiles.teacherStep,
            ReasoningActivationStage.refinementStep,
            ReasoningActivationStage.checkpointStep, SimulationFiles.baselineStep,
            SimulationFiles.simulationStep,
            SimulationFiles.validationStep, SimulationFiles.checkpointStep, RankingFiles.reasoningStep,
            RankingFiles.baseReasoningStep, RankingFiles.featuresStep, RankingFiles.rankersStep,
        ]
        let evaluated =
            (try? FileManager.default.contentsOfDirectory(atPath: run.folder("evaluate").path)) ?? []
        return try (order + evaluated.sorted().map { "evaluate/\($0)" }).filter {
            try run.manifest($0) != nil
        }
    }

    private static func construction(_ files: StepFiles) throws -> Group {
        var facts: [[String]] = []
        if let summary: JSONValue = try files.json(ConstructedFiles.tablesStep, "summary.json") {
            facts = summary.facts()
        }
        return Group(
            title: "1 construct: data and the teacher's reasoning (§2.1)", facts: facts, plots: [],
            missing: files.missing(ConstructedFiles.teacherStep, "construct"))
    }

    private static func activation(_ files: StepFiles, _ prefix: String) throws -> Group {
        var (facts, plots): ([[String]], [Plot]) = ([], [])
        if let summary: RefinementSummary = try files.json(
            ReasoningActivationStage.refinementStep, "refinement.json"),
            let scores: [ReasoningScore] = try files.lines(
                ReasoningActivationStage.refinementStep, "scores.jsonl")
        {
            facts += [
                ["chains of thought", "\(summary.candidates)"], ["kept", "\(summary.kept)"],
                ["leaks", "\(summary.leaks)"], ["threshold R", String(format: "%.3f", summary.threshold)],
            ]
            plots += [
                RefinementPlots.perplexities("\(prefix)-perplexity", scores, threshold: summary.threshold),
                RefinementPlots.keptShare("\(prefix)-kept", summary),
            ]
        }
        let step = ReasoningActivationStage.checkpointStep
        if let validation: JSONValue = try files.json(step, "validation.json"),
            let metrics: [FineTuningLine] = try files.lines(step, "metrics.jsonl")
        {
            facts += validation.facts("held-out loss a token, ")
            plots.append(RefinementPlots.fineTuning("\(prefix)-fine-tuning", metrics))
        }
        return Group(
            title: "2 activate: rejection sampling and fine-tuning (§2.2)", facts: facts, plots: plots,
            missing: files.missing(step, "activate"))
    }

    private static func collaboration(_ files: StepFiles, _ prefix: String) throws -> Group {
        let step = SimulationFiles.checkpointStep
        var plots: [Plot] = []
        if let metrics: [PolicyMetrics] = try files.lines(step, "metrics.jsonl"),
            let rollouts: [RolloutRecord] = try files.lines(step, "rollouts.jsonl")
        {
            plots = PolicyPlots.plots("\(prefix)-policy", metrics, rollouts).filter(\.hasData)
        }
        return Group(
            title: "3 collaborate: policy optimization (§2.3)", facts: [], plots: plots,
            missing: files.missing(step, "collaborate"))
    }

    private static func ranking(_ files: StepFiles, _ prefix: String) throws -> Group {
        let step = RankingFiles.featuresStep
        var (facts, plots): ([[String]], [Plot]) = ([], [])
        if let report: JSONValue = try files.json(step, "report.json") { facts = report.facts() }
        let quality: CodeQuality? = try files.json(step, "report.json")
        if let own: [UserFeature] = try files.lines(step, RankingFiles.features) {
            plots = [
                FeaturePlots.utilization(
                    "\(prefix)-codes", "the aligned model's output", own,
                    utilization: quality?.quantization.utilization ?? []),
                FeaturePlots.similarities("\(prefix)-similar", own),
            ]
        }
        return Group(
            title: "4 rank: codes and similar users (§2.4)", facts: facts, plots: plots,
            missing: files.missing(RankingFiles.rankersStep, "rank"))
    }
}

/// What a figure takes of the report on a run's codes.
private struct CodeQuality: Decodable {
    struct Quantization: Decodable {
        /// Share of used codes, one a place.
        var utilization: [Double]
    }

    var quantization: Quantization
}

/// Files of a run's finished steps; nothing for a step that is not done.
struct StepFiles {
    let run: RunDirectory
    let steps: Set<String>

    func json<Value: Decodable>(_ step: String, _ file: String) throws -> Value? {
        guard steps.contains(step) else { return nil }
        return try AtomicFile.read(Value.self, json: run.folder(step).appending(path: file))
    }

    func lines<Record: Decodable>(_ step: String, _ file: String) throws -> [Record]? {
        guard steps.contains(step) else { return nil }
        return try JSONLines.read(Record.self, from: run.folder(step).appending(path: file))
    }

    func missing(_ step: String, _ command: String) -> String? {
        steps.contains(step) ? nil : "\(step) is not done yet: `taiji \(command)` does it"
    }
}

extension JSONValue {
    /// Every number and text in it by its path, for a reader.
    fileprivate func facts(_ path: String = "") -> [[String]] {
        func below(_ key: String) -> String {
            path.isEmpty || path.hasSuffix(" ") ? path + key : "\(path) \(key)"
        }
        switch self {
        case .object(let values): return values.sorted { $0.key < $1.key }.flatMap { $1.facts(below($0)) }
        case .array(let values):
            return values.enumerated().flatMap { place, value -> [[String]] in
                // A time window is known by its name rather than by its place.
                guard case .object(var fields) = value,
                    case .string(let name)? = fields.removeValue(forKey: "period")
                else { return value.facts(below("\(place + 1)")) }
                return JSONValue.object(fields).facts(below(name))
            }
        case .integer(let value): return [[path, "\(value)"]]
        case .real(let value): return [[path, String(format: "%.4g", value)]]
        case .string(let value): return [[path, value]]
        case .bool(let value): return [[path, value ? "yes" : "no"]]
        }
    }
}
