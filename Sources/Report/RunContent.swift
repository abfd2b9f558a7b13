import Foundation
import Pipeline

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
        let steps = try Lineage.finishedSteps(run)
        guard !steps.isEmpty else {
            throw RunError.file(
                path: run.url.path, message: "has no finished step; make a run with `taiji run --run DIR`")
        }
        let lineage = try Lineage(run, steps)
        self.name = name
        self.lineage = lineage.lines
        groups = [
            Group(
                title: "Lineage", facts: [], plots: [lineage.plot("\(prefix)-lineage")].filter(\.hasData),
                missing: nil),
            try Self.construction(run), try Self.activation(run, prefix),
            try Self.collaboration(run, prefix), try Self.ranking(run, prefix),
        ]
        examples = try UserExample.all(run)
    }

    private static func construction(_ run: RunDirectory) throws -> Group {
        Group(
            title: Stage.construct.title,
            facts: try run.finished(Steps.tables)?.summary.facts() ?? [], plots: [],
            missing: try run.missing(Steps.teacher))
    }

    private static func activation(_ run: RunDirectory, _ prefix: String) throws -> Group {
        var (facts, plots): ([[String]], [Plot]) = ([], [])
        if let refinement = try run.finished(Steps.refinement) {
            let summary = try refinement.summary.read()
            facts += [
                ["chains of thought", "\(summary.candidates)"], ["kept", "\(summary.kept)"],
                ["leaks", "\(summary.leaks)"], ["threshold R", String(format: "%.3f", summary.threshold)],
            ]
            for (kind, count) in summary.leaksByKind.sorted(by: { $0.key < $1.key }) {
                facts.append(["leaks: \(kind)", "\(count)"])
            }
            if let pair = summary.leakPerplexities {
                facts.append([
                    "perplexity of those that leak, with and without the sentence",
                    String(format: "%.2f, %.2f", pair.with, pair.without),
                ])
            }
            if let restatements = summary.restatements {
                facts.append(["only restate the answer", "\(restatements)"])
            }
            plots += [
                RefinementPlots.perplexities(
                    "\(prefix)-perplexity", try refinement.scores.read(), threshold: summary.threshold),
                RefinementPlots.keptShare("\(prefix)-kept", summary),
            ]
        }
        if let tuned = try run.finished(Steps.tuned) {
            facts += try tuned.validation.facts("held-out loss per token, ")
            plots.append(
                RefinementPlots.fineTuning("\(prefix)-fine-tuning", try tuned.metrics.read()))
        }
        return Group(
            title: Stage.activate.title, facts: facts, plots: plots, missing: try run.missing(Steps.tuned))
    }

    private static func collaboration(_ run: RunDirectory, _ prefix: String) throws -> Group {
        let plots = try run.finished(Steps.aligned).map { aligned in
            let held =
                FileManager.default.fileExists(atPath: aligned.validation.url.path)
                ? try aligned.validation.read() : []
            let own = try PolicyPlots.plots(
                "\(prefix)-policy", aligned.metrics.read(), aligned.rollouts.read())
            return ([PolicyPlots.validation("\(prefix)-policy-held-out", held)].compactMap { $0 } + own)
                .filter(\.hasData)
        }
        return Group(
            title: Stage.collaborate.title, facts: [], plots: plots ?? [],
            missing: try run.missing(Steps.aligned))
    }

    private static func ranking(_ run: RunDirectory, _ prefix: String) throws -> Group {
        var (facts, plots): ([[String]], [Plot]) = ([], [])
        if let features = try run.finished(Steps.features) {
            let own = try features.features.read()
            facts = try features.report.facts()
            plots = [
                FeaturePlots.utilization(
                    "\(prefix)-codes", "the aligned model's output", own,
                    utilization: try features.report.read().quantization.utilization),
                FeaturePlots.similarities("\(prefix)-similar", own),
            ]
        }
        return Group(
            title: Stage.rank.title, facts: facts, plots: plots, missing: try run.missing(Steps.ranker))
    }
}

extension RunDirectory {
    /// What to do for a step that is not done; nil for one that is.
    fileprivate func missing<Output>(_ step: Step<Output>) throws -> String? {
        try finished(step) == nil
            ? "\(step.path) is not done yet: `taiji \(step.declaration.stage.command)` does it" : nil
    }
}

extension JSONFile {
    /// Every number and text in it by its path, for a reader.
    fileprivate func facts(_ path: String = "") throws -> [[String]] {
        try JSONDecoder().decode(JSONValue.self, from: Data(contentsOf: url)).facts(path)
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
        case .null: return []
        }
    }
}
