import Foundation
import Pipeline
import RankingServer
import RunFixtures
import TestSupport
import Testing

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

@Suite("A language model behind OpenAI's interface") struct ModelServerTests {
    /// A server of a tiny model, for as long as a test asks.
    private func withServer(_ body: (_ url: String, _ folder: URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "taiji-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try TinyModelFolder.write(to: folder.appending(path: "model"), seed: 3, contextLength: 4096)
        let process = Process()
        let output = Pipe()
        process.executableURL = PackageFolder.root.appending(path: ".build/release/taiji")
        process.arguments = [
            "serve", "--openai", "--model", folder.appending(path: "model").path, "--name", "tiny", "--port",
            "0",
            "--set", "template=chatml", "--set", "serve.maximumBodyKiB=64", "--set",
            "serve.reasoningBatch=16", "--set", "threads=1",
        ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.currentDirectoryURL = PackageFolder.root
        try process.run()
        defer {
            process.terminate()
            process.waitUntilExit()
        }
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let more = output.fileHandleForReading.readData(ofLength: 1)
            guard !more.isEmpty else { throw TestSupportError(description: "the server ended") }
            line += more
        }
        let url = try #require(try JSONDecoder().decode([String: String].self, from: line)["url"])
        try await body(url, folder)
    }

    private func post(_ url: String, _ body: JSONValue) async throws -> (status: Int, text: String) {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = "POST"
        request.httpBody = try JSONEncoder().encode(body)
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let (data, response) = try await URLSession.shared.data(for: request)
        let status = (response as? HTTPURLResponse)?.statusCode ?? 0
        return (status, String(decoding: data, as: UTF8.self))
    }

    private func chat(_ message: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
        .object(
            [
                "model": "tiny", "messages": [["role": "user", "content": .string(message)]],
                "max_tokens": 12,
                "temperature": 0,
            ].merging(more) { $1 })
    }

    private struct Reply: Decodable {
        struct Choice: Decodable {
            struct Message: Decodable { var content: String? }
            var index: Int
            var message: Message?
            var delta: Message?
            var text: String?
            var finish_reason: String?
        }
        struct Usage: Decodable { var prompt_tokens: Int, completion_tokens: Int }
        var choices: [Choice]
        var usage: Usage?
    }

    private func reply(_ text: String) throws -> Reply {
        try JSONDecoder().decode(Reply.self, from: Data(text.utf8))
    }

    private func texts(ofStream text: String) throws -> [Int: String] {
        var texts: [Int: String] = [:]
        for line in text.split(separator: "\n") where line.hasPrefix("data: {") {
            for choice in try reply(String(line.dropFirst(6))).choices {
                texts[choice.index, default: ""] += choice.delta?.content ?? choice.text ?? ""
            }
        }
        return texts
    }

    @Test("chats, streams and completions are the local engine's, alone or beside others")
    func answersAreTheEngines() async throws {
        try await withServer { url, folder in
            let prompts = (0..<24).map { "user \($0) wants" }
            // Each prompt alone, by the engine of the command.
            let lines = try prompts.map { prompt in
                String(decoding: try JSONEncoder().encode(["prompt": prompt]), as: UTF8.self)
            }
            let alone = try Program.run(
                [
                    "generate", "--model", folder.appending(path: "model").path, "--max-tokens", "12",
                ], input: lines.joined(separator: "\n") + "\n")
            let expected = try alone.json().compactMap { line in
                (line["completions"] as? [[String: Any]])?.first?["text"] as? String
            }
            #expect(expected.count == 24, "\(alone.errors)")
            // All of them together, half as streams, with chats of another sampling among them.
            let found = try await withThrowingTaskGroup(of: (Int, String).self) { group in
                for (place, prompt) in prompts.enumerated() {
                    group.addTask {
                        let body: JSONValue = [
                            "model": "tiny", "prompt": .string(prompt), "max_tokens": 12, "temperature": 0,
                            "stream": .bool(place % 2 == 0),
                        ]
                        async let other = post(
                            url + "/v1/chat/completions", chat(prompt, ["temperature": 1, "seed": 5]))
                        let (status, text) = try await post(url + "/v1/completions", body)
                        let beside = try await other.status
                        #expect(status == 200 && beside == 200, "\(text)")
                        return (
                            place,
                            try place % 2 == 0
                                ? texts(ofStream: text)[0] ?? "" : reply(text).choices[0].text ?? ""
                        )
                    }
                }
                return try await group.reduce(into: [Int: String]()) { $0[$1.0] = $1.1 }
            }
            #expect(prompts.indices.map { found[$0] } == expected)
        }
    }

    @Test("the same seed draws the same, choices differ, and tokens are counted") func sampling() async throws
    {
        try await withServer { url, _ in
            let body = chat("hello", ["temperature": 1.5, "seed": 11, "n": 3])
            let first = try reply(try await post(url + "/v1/chat/completions", body).text)
            let second = try reply(try await post(url + "/v1/chat/completions", body).text)
            let texts = first.choices.map { $0.message?.content }
            #expect(texts == second.choices.map { $0.message?.content } && Set(texts).count > 1)
            #expect(first.usage?.completion_tokens == 36 && first.choices.map(\.index) == [0, 1, 2])
            #expect(first.choices.allSatisfy { $0.finish_reason == "length" })
            let stream = try await post(
                url + "/v1/chat/completions",
                chat("hello", ["stream": true, "stream_options": ["include_usage": true]]))
            #expect(stream.text.hasSuffix("data: [DONE]\n\n") && stream.text.contains("\"total_tokens\""))
        }
    }

    @Test("what cannot be answered is one error in OpenAI's form, and the others go on") func errors()
        async throws
    {
        try await withServer { url, _ in
            let wrong: [(body: JSONValue, status: Int, words: String)] = [
                (chat("a", ["model": "gpt"]), 404, "'gpt' is not served here"),
                (chat("a", ["max_tokens": 8_000]), 400, "passes the model's 4096"),
                (chat("a", ["temperature": 9]), 422, "temperature"),
                (chat("a", ["logprobs": true]), 422, "is computed for prompts alone"),
                (chat("a", ["echo": true, "logprobs": 1]), 422, "is computed for prompts alone"),
                (chat("a", ["top_logprobs": 3]), 422, "not computed here"),
                (chat(String(repeating: "a", count: 100 << 10)), 413, "serve.maximumBodyKiB"),
                (["model": "tiny", "messages": []], 422, "at least one message"),
                (
                    chat("a", ["messages": [["role": "robot", "content": "b"]]]), 422,
                    "system, user or assistant"
                ),
            ]
            for (body, status, words) in wrong {
                let found = try await post(url + "/v1/chat/completions", body)
                #expect(found.status == status && found.text.contains(words), "\(found)")
                #expect(found.text.hasPrefix("{\"error\":{\"message\""))
            }
            let embedded = try await post(url + "/v1/embeddings", ["input": "a"])
            let answered = try await post(url + "/v1/chat/completions", chat("a"))
            #expect(embedded.status == 404 && answered.status == 200)
        }
    }

    @Test("Eq. (1) by this server is the local engine's, within rounding") func perplexity() async throws {
        try await withServer { url, folder in
            let prompts = ["user 1 wants", "é"]
            let local = try Program.run(
                ["score", "--model", folder.appending(path: "model").path],
                input: prompts.map { "{\"prompt\":\"\($0)\",\"answer\":\" green tea\"}\n" }.joined())
            let expected = try local.json().compactMap { $0["logLikelihood"] as? Double }
            #expect(expected.count == 2, "\(local.errors)")
            struct Scored: Decodable {
                struct Choice: Decodable { var text: String, logprobs: Values }
                struct Values: Decodable {
                    var tokens: [String], token_logprobs: [Double?], text_offset: [Int]
                }
                var choices: [Choice]
            }
            let (status, text) = try await post(
                url + "/v1/completions",
                [
                    "model": "tiny", "prompt": .array(prompts.map { .string($0 + " green tea") }),
                    "max_tokens": 0, "echo": true, "logprobs": 0,
                ])
            #expect(status == 200, "\(text)")
            let choices = try JSONDecoder().decode(Scored.self, from: Data(text.utf8)).choices
            for (choice, (prompt, sum)) in zip(choices, zip(prompts, expected)) {
                #expect(choice.text == prompt + " green tea" && choice.logprobs.token_logprobs[0] == nil)
                let answer = zip(choice.logprobs.text_offset, choice.logprobs.token_logprobs)
                    .filter { $0.0 >= prompt.unicodeScalars.count }.compactMap(\.1)
                #expect(abs(answer.reduce(0, +) - sum) < 1e-4)
            }
        }
    }

    @Test("a run whose teacher is this server ends with the local engine's bytes, and its perplexities agree")
    func remoteIsLocal()
        async throws
    {
        try await withServer { url, folder in
            let options = try TinyRun.prepare(in: folder) + ["--set", "construct.teacher.temperature=0"]
            let endpoint = ["construct.teacher.endpoint", "activate.endpoint"].flatMap { place in
                ["url=\(url)/v1", "model=tiny", "interface=completions"]
                    .flatMap { ["--set", "\(place).\($0)"] }
            }
            let runs = ["local", "remote"].map { folder.appending(path: $0) }
            for (run, more) in zip(runs, [[], endpoint]) {
                for stage in ["construct", "activate"] {
                    let done = try Program.run([stage] + options + more + ["--run", run.path])
                    #expect(done.status == 0, "\(done.errors)")
                }
            }
            let texts = try runs.map {
                try Data(contentsOf: $0.appending(path: "1-construct/teacher/teacher.jsonl"))
            }
            #expect(texts[0] == texts[1])
            // Each chain of thought is a sequence of its own there, beside others here.
            let scores = try runs.map {
                try JSONLines.read(
                    ReasoningScore.self, from: $0.appending(path: "2-activate/refinement/scores.jsonl"))
            }
            #expect(scores[0].map(\.sample) == scores[1].map(\.sample) && scores[0].count == 10)
            for (here, there) in zip(scores[0], scores[1]) {
                #expect(abs(here.logLikelihood - there.logLikelihood) < 1e-3 && here.isKept == there.isKept)
            }
        }
    }
}
