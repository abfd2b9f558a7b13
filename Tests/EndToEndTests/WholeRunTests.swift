import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("A whole run of a tiny model on a tiny shop", .serialized) struct WholeRunTests {
    /// Every file below a folder but times and locks, with its bytes.
    private func files(_ folder: URL) throws -> [String: Data] {
        let paths = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { path in
            let name = (path as NSString).lastPathComponent
            return ![RunDirectory.timingsFile, "run.json", ".lock"].contains(name)
        }
        return try Dictionary(
            uniqueKeysWithValues: paths.compactMap { path in
                var isFolder: ObjCBool = false
                let url = folder.appending(path: path)
                guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder),
                    !isFolder.boolValue
                else { return nil }
                return (path, try Data(contentsOf: url))
            })
    }

    /// Starts the program and kills it as soon as it works on a step, or lets it end.
    ///
    /// - Returns: whether it was killed before the step was done.
    private func kill(_ arguments: [String], at step: StepDeclaration, of run: RunDirectory) throws -> Bool {
        let process = try Program.start(arguments)
        let (partial, final) = (run.workFolder(step).path, run.folder(step).path)
        while process.isRunning {
            if FileManager.default.fileExists(atPath: partial) {
                // Some way into the step, at another place for every step.
                usleep(UInt32(1000 * (step.path.utf8.count % 7)))
                Foundation.kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                return !FileManager.default.fileExists(atPath: final)
            }
            if FileManager.default.fileExists(atPath: final) { break }
            usleep(500)
        }
        if process.isRunning { Foundation.kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return false
    }

    @Test(
        "a run killed in every step ends in the bytes of an uninterrupted one, and its results can be used"
    )
    func killedInEveryStep() throws {
        try withTemporaryFolder { folder in
            let options = try TinyRun.prepare(in: folder)
            let whole = folder.appending(path: "whole")
            let result = try Program.run(["run"] + options + ["--run", whole.path])
            try #require(result.status == 0, "\(result.errors.suffix(2000))")
            for text in ["Answers of 5 held-out users", "+ both, shuffled (placebo)", "User u"] {
                #expect(result.output.contains(text), "\(text)")
            }
            let expected = try files(whole)
            for step in Steps.all { #expect(expected["\(step.path)/manifest.json"] != nil, "\(step.path)") }

            let parts = try RunDirectory(folder.appending(path: "parts"))
            let killed = try Steps.all.filter { step in
                try kill(["run"] + options + ["--run", parts.url.path], at: step, of: parts)
            }
            #expect(killed.count > Steps.all.count / 2, "killed in \(killed.map(\.path))")
            let rest = try Program.run(["run"] + options + ["--run", parts.url.path])
            try #require(rest.status == 0, "\(rest.errors.suffix(2000))")
            let found = try files(parts.url)
            #expect(found.keys.sorted() == expected.keys.sorted())
            for (name, bytes) in expected { #expect(found[name] == bytes, "\(name)") }

            try useResults(of: whole, in: folder)
            try anotherSettingIsRefused(options, whole)
        }
    }

    /// The enhanced ranker scores a file, the report and a user are shown.
    private func useResults(of run: URL, in folder: URL) throws {
        let file = folder.appending(path: "impressions.csv")
        let users = try RunDirectory(run).output(of: Steps.tables).users().map(\.id)
        let rows = [
            "user,item,time,note", "\(users[1]),i2,2017-11-30 08:00:00,first",
            "\(users[0]),i4,2017-11-30 09:00:00,second\n",
        ]
        try Data(rows.joined(separator: "\n").utf8).write(to: file)
        let output = folder.appending(path: "scored.csv")
        let arguments = ["rank-file", "--run", run.path, "--impressions", file.path, "--output", output.path]
        let ranked = try Program.run(arguments)
        try #require(ranked.status == 0, "\(ranked.errors)")
        let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 3 && lines[0] == "user,item,time,note,ctr,cvr,ctcvr")
        #expect(lines[1].hasPrefix("\(users[1]),i2,2017-11-30 08:00:00,first,0."))
        #expect(lines[2].hasPrefix("\(users[0]),i4,2017-11-30 09:00:00,second,0."))
        let judged = try Program.run(arguments + ["--ranker", "judge"])
        #expect(judged.status == 0)
        #expect(try String(contentsOf: output, encoding: .utf8) != lines.joined(separator: "\n") + "\n")
        try Data("user,item,time\n\(users[0]),i2,1512028800\nnobody,i4,1512032400\n".utf8).write(to: file)
        let unknown = try Program.run(arguments)
        #expect(unknown.status != 0 && unknown.errors.contains("row 2 names the user 'nobody'"))

        let report = try Program.run(["report", "--run", run.path])
        #expect(report.status == 0 && report.output.contains("report.html"))
        let user = try Program.run(["inspect", "--run", run.path, "--user", users[0]])
        #expect(user.status == 0 && user.output.contains("codes"), "\(user.errors)")
    }

    private func anotherSettingIsRefused(_ options: [String], _ run: URL) throws {
        let stale = try Program.run(
            ["rank"] + options + ["--run", run.path, "--set", "rank.similarUsers=2"])
        #expect(stale.status != 0)
        #expect(
            stale.errors.contains(
                "'4-rank/features' was made with another setting rank.similarUsers (1 then, 2 now)"))
    }

    @Test(
        "a second command on a run names the holder or waits, and a killed holder does not block"
    )
    func secondCommandOnARun() throws {
        try withTemporaryFolder { folder in
            let options = try TinyRun.prepare(in: folder)
            let run = folder.appending(path: "run")
            let command = ["construct"] + options + ["--run", run.path]
            let holder = try RunLock(RunDirectory(run), waits: false)
            let refused = try Program.run(command)
            #expect(refused.status != 0)
            #expect(refused.errors.contains("works in this run; wait for it (--wait does)"))
            #expect(refused.errors.contains("process \(getpid()) on "))
            let waiting = try Program.start(command + ["--wait"])
            usleep(1_500_000)
            #expect(waiting.isRunning)
            withExtendedLifetime(holder) {}
            _ = consume holder
            waiting.waitUntilExit()
            #expect(waiting.terminationStatus == 0)
            let killed = try Program.start(["activate"] + options + ["--run", run.path])
            usleep(300_000)
            Foundation.kill(killed.processIdentifier, SIGKILL)
            killed.waitUntilExit()
            let next = try Program.run(command)
            #expect(next.status == 0, "\(next.errors)")
        }
    }
}
