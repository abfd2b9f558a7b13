import Foundation
import Pipeline
import Results
import Testing

@testable import Report

@Suite("Report") struct ReportTests {
    @Test("a run's page shows its finished steps, figures and users, and what is not done yet")
    func pageOfAnUnfinishedRun()
        throws
    {
        let folder = try TestRun.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try TestRun.write(to: folder)
        let content = try RunContent(RunDirectory(folder), name: "test", prefix: "run-0")
        #expect(content.lineage.map(\.first) == ["1-construct/tables", "2-activate/refinement"])
        #expect(content.lineage[1][2].contains("1-construct/tables "))
        let plots = content.groups.flatMap(\.plots)
        #expect(plots.map(\.id) == ["run-0-lineage", "run-0-perplexity", "run-0-kept"])
        #expect(
            content.groups.compactMap(\.missing) == [
                "1-construct/teacher is not done yet: `taiji construct` does it",
                "2-activate/checkpoint is not done yet: `taiji activate` does it",
                "3-collaborate/checkpoint is not done yet: `taiji collaborate` does it",
                "4-rank/ranker is not done yet: `taiji rank` does it",
            ])
        #expect(content.groups[2].facts.contains(["kept", "2"]))
        let user = try #require(content.examples.first)
        #expect(user.id == "u1" && user.role == "activate" && user.truth == "milk (dairy)")
        #expect(user.history == ["bread </script><b> (bakery)", "milk (dairy)"])
    }

    @Test("the perplexity histogram counts every chain of thought once, kept ones left of the threshold")
    func everyChainOfThoughtHasABar() throws {
        let folder = try TestRun.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try TestRun.write(to: folder)
        let content = try RunContent(RunDirectory(folder), name: "test", prefix: "run-0")
        let plot = try #require(content.groups[2].plots.first)
        let counts = try plot.data.map { trace in try numbers(trace, "y").reduce(0, +) }
        #expect(counts == [2, 1])
        guard case .array(let shapes)? = plot.layout["shapes"], case .object(let line) = shapes[0],
            case .real(let place)? = line["x0"]
        else { throw TestFailure() }
        #expect(abs(place - log10(5.0)) < 1e-12)
    }

    @Test("no text can end the script element or become markup") func textsAreInert() throws {
        let folder = try TestRun.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        try TestRun.write(to: folder)
        var section = ResultSection(title: "A <i>title</i> & more")
        var table = TextTable(title: "t\"1", columns: ["", "value"])
        try table.append(["<script>alert(1)</script>", "1 < 2"])
        section.tables = [table]
        try ResultFiles(RunDirectory(folder)).sections.write([section])
        let file = folder.appending(path: "report.html")
        let bytes = try RunReport(folder).write(to: file, plotly: "/* plotly */")
        let html = try String(contentsOf: file, encoding: .utf8)
        #expect(html.utf8.count == bytes)
        #expect(html.components(separatedBy: "<script").count == 4)
        #expect(html.components(separatedBy: "</script>").count == 4)
        #expect(html.contains("A &lt;i&gt;title&lt;/i&gt; &amp; more"))
        #expect(html.contains("aria-label=\"t&quot;1\""))
        #expect(!html.contains("http://") && !html.contains("https://"))
        let embedded = try #require(html.firstMatch(of: /id="content">(.*)<\/script>/)).1
        let content = try JSONDecoder().decode(JSONValue.self, from: Data(embedded.utf8))
        guard case .object(let parts) = content, case .array(let runs)? = parts["runs"] else {
            throw TestFailure()
        }
        #expect(runs.count == 1 && embedded.contains("\\u003c/script>"))
    }

    @Test("differences become a forest plot about zero, means become bars, and a missing value is left out")
    func resultPlots() throws {
        var section = ResultSection(title: "Results")
        let value = Estimate(value: 0.2, lower: 0.1, upper: 0.4)
        let rows: [IntervalFigure.Row] = [
            .init(name: "a", values: [value, nil]), .init(name: "b", values: [value, value]),
        ]
        section.intervals = [
            IntervalFigure(
                title: "m", valueTitle: "share", isDifference: false, columns: ["x", "y"], rows: rows),
            IntervalFigure(
                title: "d", valueTitle: "lift", isDifference: true, columns: ["x", "y"], rows: rows),
        ]
        section.planes = [
            PlaneFigure(
                title: "p", xTitle: "x", yTitle: "y",
                points: [.init(name: "a", x: value, y: value, isOnFront: true)])
        ]
        let plots = ResultPlots.plots(section, prefix: "r")
        #expect(plots.map(\.id) == ["r-0", "r-1", "r-plane-0"])
        #expect(plots[0].data.count == 2 && plots[1].data.count == 2)
        #expect(try numbers(plots[0].data[0], "y") == [0.2])
        #expect(try numbers(plots[1].data[0], "y") == [-0.25, 0.75])
        #expect(try numbers(plots[1].data[1], "y") == [1.25])
        guard case .object(let bars) = plots[0].data[1], case .object(let errors)? = bars["error_y"],
            case .array(let up)? = errors["array"], case .real(let first) = up[0]
        else { throw TestFailure() }
        #expect(abs(first - 0.2) < 1e-12)
    }

    @Test("a folder without a run and a missing folder are refused by name")
    func missingRunIsRefused() throws {
        let folder = try TestRun.folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: RunError.self) { try RunReport(folder) }
        #expect(throws: RunError.self) { try RunReport(folder.appending(path: "none")) }
        #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "none").path))
    }

    private func numbers(_ trace: JSONValue, _ key: String) throws -> [Double] {
        guard case .object(let fields) = trace, case .array(let values)? = fields[key] else {
            throw TestFailure()
        }
        return try values.map { value in
            guard case .real(let number) = value else { throw TestFailure() }
            return number
        }
    }
}

private struct TestFailure: Error {}

/// A run of which two steps are finished.
private enum TestRun {
    static func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }

    static func write(to folder: URL) throws {
        let run = try RunDirectory(folder)
        try run.perform(Steps.tables.declaration, from: StepOrigin(settings: ["seed": "1"])) { step in
            let tables = ConstructedTables(folder: step)
            try tables.userFile.write([User(id: "u1", profile: "reads", attributes: [:], role: .activate)])
            try tables.itemFile.write([
                Item(id: "1", title: "milk", categories: ["dairy"], brand: "", price: 1),
                Item(id: "2", title: "bread </script><b>", categories: ["bakery"], brand: "", price: 1),
            ])
            try tables.sampleFile.write([
                PromptSample(
                    id: "activate-u1", user: 0, role: .activate, time: 5, history: [1, 0], target: 0,
                    prompt: "?", revealedPrompt: "!")
            ])
            try tables.summary.write(
                ConstructionSummary(
                    users: 1, items: 2, catalogue: 2, samples: ["activate": 1], skipped: [:], periods: [],
                    windows: .init(languageModel: 1, rankerTraining: 2, test: 3, end: 4), context: [],
                    impressions: .logged))
        }
        let origin = StepOrigin(steps: [
            Steps.tables.path: try run.fingerprint(Steps.tables.declaration)
        ])
        try run.perform(Steps.refinement.declaration, from: origin) { step in
            let refinement = Refinement(folder: step)
            try refinement.scores.write(
                [(0, 2.0, true), (1, 4.9, true), (2, 30.0, false)].map { index, perplexity, isKept in
                    ReasoningScore(
                        sample: "activate-u1", index: index, tokenCount: 3, logLikelihood: -1.5,
                        perplexity: perplexity, isKept: isKept)
                })
            try refinement.summary.write(
                RefinementSummary(
                    threshold: 5, candidates: 3, kept: 2, leaks: 0, promptsByKept: [0, 0, 1, 0],
                    meanPerplexityKept: 3.45, meanPerplexityDropped: 30))
        }
    }
}
