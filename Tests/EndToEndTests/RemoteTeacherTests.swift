import Foundation
import Pipeline
import RunFixtures
import TestSupport
import Testing

@Suite("A teacher on a server") struct RemoteTeacherTests {
    private func teacher(_ run: URL) throws -> Data {
        try Data(contentsOf: run.appending(path: "1-construct/teacher/teacher.jsonl"))
    }

    private func journal(_ run: URL) -> URL { run.appending(path: "requests/teacher.jsonl") }

    private func lines(_ file: URL) -> [Substring] {
        ((try? String(contentsOf: file, encoding: .utf8)) ?? "").split(separator: "\n")
    }

    private func settings(_ url: String) -> [String] {
        ["url=\(url)/v1", "model=fake", "concurrency=1"]
            .flatMap { ["--set", "construct.teacher.endpoint.\($0)"] }
    }

    @Test("killed among its requests it asks only for what is missing, and ends with the same bytes")
    func killedAndContinued() throws {
        try withTemporaryFolder { folder in
            let options = try TinyRun.prepare(in: folder)
            let (calm, killed) = (folder.appending(path: "calm"), folder.appending(path: "killed"))
            let server = try LoopbackServer { FakeModel.reply(to: $0) }
            let first = try Program.run(
                ["construct"] + options + settings(server.url) + ["--run", calm.path])
            #expect(first.status == 0, "\(first.errors)")
            let samples = try JSONLines.read(
                TeacherSample.self, from: calm.appending(path: "1-construct/teacher/teacher.jsonl"))
            #expect(samples.count == 10 && samples.allSatisfy { $0.reasoning.hasPrefix("because ") })

            let slow = try LoopbackServer { request in
                var reply = FakeModel.reply(to: request)
                reply.delay = 0.3
                return reply
            }
            let process = try Program.start(
                ["construct"] + options + settings(slow.url) + ["--run", killed.path])
            while process.isRunning, lines(journal(killed)).count < 2 { Thread.sleep(forTimeInterval: 0.01) }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let kept = lines(journal(killed)).count
            #expect((2..<5).contains(kept))
            // Another port: the same model's answers count all the same.
            let before = server.requests.count { $0.method == "POST" }
            let second = try Program.run(
                ["construct"] + options + settings(server.url) + ["--run", killed.path])
            #expect(second.status == 0, "\(second.errors)")
            #expect(server.requests.count { $0.method == "POST" } - before == 5 - kept)
            #expect(try teacher(killed) == teacher(calm))
            #expect(try Data(contentsOf: journal(killed)).count == Data(contentsOf: journal(calm)).count)
        }
    }

    @Test("its requests and answers go through files, and end with the same bytes") func throughFiles() throws
    {
        try withTemporaryFolder { folder in
            let options = try TinyRun.prepare(in: folder)
            let server = try LoopbackServer { FakeModel.reply(to: $0) }
            let (asked, filed) = (folder.appending(path: "asked"), folder.appending(path: "filed"))
            let direct = try Program.run(
                ["construct"] + options + settings(server.url) + ["--run", asked.path])
            #expect(direct.status == 0, "\(direct.errors)")

            // Not beside the logs, which are all files of their folder.
            let files = folder.appending(path: "files")
            try FileManager.default.createDirectory(at: files, withIntermediateDirectories: true)
            let requests = files.appending(path: "requests.jsonl")
            let answers = files.appending(path: "answers.jsonl")
            let command = ["construct"] + options + ["--set", "construct.teacher.endpoint.model=fake"]
            let written = try Program.run(command + ["--run", filed.path, "--write-requests", requests.path])
            #expect(written.status == 0 && written.errors.contains("5 requests are in"), "\(written.errors)")
            let replies = try JSONLines.read(JSONValue.self, from: requests).reversed().map { line in
                guard case .object(let fields) = line, case .object(let body)? = fields["body"],
                    case .string(let id)? = fields["custom_id"], case .string(let path)? = fields["url"]
                else { throw TestSupportError(description: "no request: \(line)") }
                let reply = FakeModel.reply(
                    to: LoopbackServer.Request(
                        method: "POST", path: path, headers: [:],
                        body: try JSONEncoder().encode(JSONValue.object(body)), number: 0))
                let answer = try JSONDecoder().decode(JSONValue.self, from: reply.body)
                return JSONValue.object([
                    "custom_id": .string(id), "response": ["status_code": 200, "body": answer],
                ])
            }
            try JSONLines.write(replies.dropLast(), to: answers)
            let early = try Program.run(command + ["--run", filed.path, "--read-answers", answers.path])
            #expect(
                early.status != 0 && early.errors.contains("1 requests have no answer yet"), "\(early.errors)"
            )
            try JSONLines.write(replies, to: answers)
            let read = try Program.run(command + ["--run", filed.path, "--read-answers", answers.path])
            #expect(
                read.status == 0 && read.errors.contains("1 new answers, 4 known, 0 failed"), "\(read.errors)"
            )
            #expect(try teacher(filed) == teacher(asked))
        }
    }
}
