import Foundation
import Pipeline
import RunFixtures
import TestSupport
import Testing

@Suite("Whole runs on mapped files") struct OwnLogsRunTests {
    static let sources = [
        (mapping: ShopFiles.logged, caption: ImpressionOrigin.logged, field: "context.slot"),
        (mapping: ShopFiles.clicks, caption: .logged, field: "hour"),
        (mapping: ShopFiles.events, caption: ImpressionOrigin.popular, field: "hour"),
    ]

    @Test("end with tables and a report that say what impressions are", arguments: sources)
    func wholeRun(source: (mapping: String, caption: ImpressionOrigin, field: String)) throws {
        try withTemporaryFolder { folder in
            try ShopFiles.write(to: folder)
            let options = try TinyRun.prepare(in: folder, mapping: source.mapping)
            let check = try Program.run(["check"] + options.prefix(2))
            #expect(check.status == 0 && check.output.contains(source.caption.caption), "\(check.output)")
            let run = folder.appending(path: "run")
            let result = try Program.run(["run"] + options + ["--run", run.path])
            try #require(result.status == 0, "\(result.errors.suffix(2000))")
            #expect(result.output.contains("+ both, shuffled (placebo)"))
            let summary = try String(contentsOf: run.appending(path: "summary.md"), encoding: .utf8)
            #expect(summary.contains(source.caption.caption))
            let report = try Program.run(["report", "--run", run.path])
            #expect(report.status == 0)
            let page = try String(contentsOf: run.appending(path: "report.html"), encoding: .utf8)
            #expect(page.contains(source.caption.caption))
            let vocabulary = try String(
                contentsOf: run.appending(path: "4-rank/ranker/vocabulary.json"), encoding: .utf8)
            #expect(vocabulary.contains("\"\(source.field)\""))
            #expect(vocabulary.contains("\"item.color\"") && vocabulary.contains("\"blue\""))
            #expect(!vocabulary.contains("mailer"))
            try scoreFile(run, in: folder)
        }
    }

    /// The enhanced ranker reads its vocabulary and scores a file from disk.
    private func scoreFile(_ run: URL, in folder: URL) throws {
        let file = folder.appending(path: "new.csv")
        let user = try #require(try RunDirectory(run).output(of: Steps.tables).users().first?.id)
        try Data("user,item,time\n\(user),i2,2024-12-30\n".utf8).write(to: file)
        let output = folder.appending(path: "scores.csv")
        let ranked = try Program.run([
            "rank-file", "--run", run.path, "--impressions", file.path, "--output", output.path,
        ])
        #expect(ranked.status == 0, "\(ranked.errors)")
        let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2 && lines[1].hasPrefix("\(user),i2,2024-12-30,0."))
    }

    @Test("a fault of the files stops a run before its first step, with its row") func faultStopsARun() throws
    {
        try withTemporaryFolder { folder in
            try ShopFiles.write(to: folder)
            let file = folder.appending(path: "ads.csv")
            let text = try String(contentsOf: file, encoding: .utf8)
            try Data((text + "u1,i2,1704067200,0,1,r9-9,3\n").utf8).write(to: file)
            let options = try TinyRun.prepare(in: folder, mapping: ShopFiles.logged)
            let run = folder.appending(path: "run")
            let result = try Program.run(["construct"] + options + ["--run", run.path])
            #expect(result.status == 1 && result.errors.contains("ads.csv, row 6242, column 'bought'"))
            #expect(result.errors.contains("a conversion without a click"))
            #expect(!FileManager.default.fileExists(atPath: run.appending(path: "1-construct/tables").path))
            let check = try Program.run(["check"] + options.prefix(2) + ["--json"])
            #expect(check.status == 1)
            let report = try JSONSerialization.jsonObject(with: Data(check.output.utf8)) as? [String: Any]
            let counts = try #require(report?["counts"] as? [String: Int])
            #expect(counts["impressions"] == 6241)
            let fault = try #require((report?["faults"] as? [[String: Any]])?.first)
            #expect(fault["severity"] as? String == "error" && fault["row"] as? Int == 6242)
            #expect(fault["column"] as? String == "bought" && fault["value"] as? String == "1")
        }
    }
}
