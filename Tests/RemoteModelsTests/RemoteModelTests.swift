import Foundation
import LanguageModels
import Pipeline
import RunFixtures
import TestSupport
import Testing

@testable import RemoteModels

extension ServerTests {
    @Suite("A model on a server") struct RemoteModelTests {
        private let prompts = (0..<12).map {
            TextPrompt(key: $0, message: "user \($0)", beginning: "<think>The")
        }
        private let sampling = SamplingConfiguration(maximumTokens: 20, temperature: 0.7, topP: 0.9)

        private func endpoint(_ url: String, _ change: (inout EndpointConfiguration) -> Void = { _ in })
            -> EndpointConfiguration
        {
            var endpoint = EndpointConfiguration()
            (endpoint.url, endpoint.model) = (url + "/v1", "fake")
            change(&endpoint)
            return endpoint
        }

        private func model(
            _ endpoint: EndpointConfiguration, in folder: URL, unanswered: RemoteModel.Unanswered = .asked,
            environment: [String: String] = [:]
        ) throws -> RemoteModel {
            try RemoteModel(
                endpoint, journal: folder.appending(path: "journal.jsonl"),
                prompt: RemoteModel.Prompt(stops: ["<|end|>"]) { "[\($0)]" }, unanswered: unanswered,
                environment: environment, backoff: 0.01, progress: RunProgress(isSilent: true))
        }

        private func turns(_ model: RemoteModel, candidates: Int = 3, seed: UInt64 = 4) throws -> [[TextTurn]]
        {
            try model.turns(of: prompts, candidates: candidates, seed: seed, sampling: sampling) { _ in }
        }

        /// The sentence of the error that work ends with; empty where it ends well.
        private func sentence(_ work: () throws -> Void) -> String {
            do { try work() } catch { return "\(error)" }
            return ""
        }

        @Test(
            "requests hold what was asked for, and the key only in their head",
            arguments: EndpointInterface.allCases)
        func requestsAreWhole(interface: EndpointInterface) throws {
            let server = try LoopbackServer { FakeModel.reply(to: $0) }
            try withTemporaryFolder { folder in
                let settings = endpoint(server.url) {
                    $0.interface = interface
                    $0.keyVariable = "SECRET_OF_TEST"
                    $0.extraFields = #"{"top_k": 5}"#
                }
                let found = try turns(
                    model(settings, in: folder, environment: ["SECRET_OF_TEST": "hush"]), candidates: 2)
                #expect(found.count == 12 && found.allSatisfy { $0.count == 2 })
                let posts = server.requests.filter { $0.method == "POST" }
                #expect(
                    posts.count == 12 && posts.allSatisfy { $0.headers["authorization"] == "Bearer hush" })
                let body = try #require(
                    posts.compactMap(FakeModel.body).first { body in "\(body)".contains("user 7") })
                #expect(
                    body["model"] == "fake" && body["max_tokens"] == 20 && body["top_k"] == 5
                        && body["n"] == 2)
                #expect(body["temperature"] == 0.7 && body["top_p"] == 0.9 && body["stream"] == true)
                switch interface {
                case .chat:
                    #expect(
                        body["messages"] == [["role": "user", "content": "user 7"]] && body["stop"] == nil)
                    #expect(
                        found[7][1].text.hasPrefix("<think>because") && found[7][1].text.hasSuffix("turn 1"))
                case .completions:
                    #expect(body["prompt"] == "[user 7]<think>The" && body["stop"] == ["<|end|>"])
                    #expect(found[7][0].text.hasPrefix("<think>The<think>because"))
                }
                let kept = try String(contentsOf: folder.appending(path: "journal.jsonl"), encoding: .utf8)
                #expect(!kept.contains("hush") && kept.split(separator: "\n").count == 12)
            }
        }

        @Test("tokens of a server that counts none are estimated, and a budget holds") func uncountedTokens()
            throws
        {
            let server = try LoopbackServer { request in
                request.method == "GET"
                    ? LoopbackServer.Reply(#"{"data": []}"#)
                    : LoopbackServer.Reply(#"{"model": "fake", "choices": [{"text": "twelve bytes"}]}"#)
            }
            try withTemporaryFolder { folder in
                // "[user 0]<think>The" has 18 bytes, 5 tokens; the answer 3.
                let settings = endpoint(server.url) {
                    $0.interface = .completions
                    $0.concurrency = 1
                    $0.budget.tokens = 30
                }
                let remote = try model(settings, in: folder)
                #expect(sentence { _ = try turns(remote, candidates: 1) }.contains("(32 tokens)"))
                #expect(
                    remote.summary.contains("20 tokens in, 12 out (at four bytes a token"),
                    "\(remote.summary)")
            }
        }

        @Test("a server that knows no n is asked for each further turn with a seed of its own")
        func turnsWithoutChoices() throws {
            let server = try LoopbackServer { FakeModel.reply(to: $0, hasChoices: false) }
            try withTemporaryFolder { folder in
                let found = try turns(model(endpoint(server.url), in: folder))
                #expect(found.allSatisfy { $0.count == 3 && Set($0.map(\.text)).count == 3 })
                let seeds = server.requests.compactMap { FakeModel.body(of: $0)?["seed"] }
                #expect(seeds.count == 36 && Set(seeds.map { "\($0)" }).count == 36)
            }
        }

        @Test("a server that stumbles gives the same turns as a calm one, and no answer twice")
        func stumblingChangesNothing() throws {
            let calm = try LoopbackServer { FakeModel.reply(to: $0) }
            // Late and out of order, refusing, breaking off, lying: every first and second try of a request
            // fails or dawdles.
            let tries = TestSupport.Shared([Data: Int]())
            let stumbling = try LoopbackServer { request in
                let number = tries.withLock { counts in
                    counts[request.body, default: 0] += 1
                    return counts[request.body, default: 0]
                }
                var reply = FakeModel.reply(to: request)
                reply.delay = Double(request.number % 3) * 0.02
                guard request.method == "POST", number < 3 else { return reply }
                switch (request.number + number) % 7 {
                case 0:
                    reply = LoopbackServer.Reply("busy", status: 429)
                    reply.headers["Retry-After"] = "0.05"
                case 1: reply = LoopbackServer.Reply("overloaded", status: 503)
                case 2: reply.cutAfter = reply.body.count / 2
                case 3: reply = LoopbackServer.Reply("<html>bad gateway</html>", status: 502)
                case 4: reply = LoopbackServer.Reply(#"{"model": "fake", "choices": []}"#)
                case 5: reply = LoopbackServer.Reply(#"{"model": "fake", "cho"#)
                default: reply.delay = 0.2
                }
                return reply
            }
            try withTemporaryFolder { folder in
                let one = folder.appending(path: "calm")
                let other = folder.appending(path: "stumbling")
                let expected = try turns(model(endpoint(calm.url), in: one))
                let remote = try model(endpoint(stumbling.url) { $0.attempts = 20 }, in: other)
                #expect(try turns(remote) == expected)
                #expect(remote.summary.contains("failures:") && remote.summary.contains("refused for load"))
                let lines = try String(contentsOf: other.appending(path: "journal.jsonl"), encoding: .utf8)
                    .split(separator: "\n")
                #expect(lines.count == 12)
                // A second call asks nothing.
                let before = stumbling.requests.count
                #expect(try turns(model(endpoint(stumbling.url), in: other)) == expected)
                #expect(stumbling.requests.count == before)
            }
        }

        @Test("a refusal for load lowers how many requests are sent at a time") func loadIsLowered() throws {
            let server = try LoopbackServer { request in
                // The list of models is asked for first.
                guard request.number > 8 else {
                    var reply = LoopbackServer.Reply("busy", status: 429)
                    reply.headers["Retry-After"] = "0.1"
                    return request.method == "GET" ? FakeModel.reply(to: request) : reply
                }
                var reply = FakeModel.reply(to: request)
                reply.delay = 0.03
                return reply
            }
            try withTemporaryFolder { folder in
                let remote = try model(endpoint(server.url) { $0.concurrency = 8 }, in: folder)
                _ = try turns(remote, candidates: 1)
                let late = server.requests.dropFirst(9).count
                #expect(server.mostAtOnce <= 8 && late >= 12)
                #expect(remote.summary.contains("8 refused for load"))
            }
        }

        @Test("a server that is away, silent or slow is given up with a sentence")
        func giveUp() throws {
            let silent = try LoopbackServer { request in
                var reply = FakeModel.reply(to: request)
                reply.delay = request.method == "POST" ? 3 : 0
                return reply
            }
            try withTemporaryFolder { folder in
                func given(_ url: String, _ change: (inout EndpointConfiguration) -> Void) -> String {
                    sentence { _ = try turns(model(endpoint(url, change), in: folder)) }
                }
                let away = given("http://127.0.0.1:9") { $0.attempts = 2 }
                #expect(away.contains("in 2 tries") && away.contains("could not be reached"), "\(away)")
                let late = given(silent.url) {
                    $0.attempts = 1
                    $0.timeouts.firstToken = 0.3
                }
                #expect(late.contains("sent nothing for 0.3 s"), "\(late)")
                let slow = given(silent.url) {
                    $0.attempts = 1
                    $0.timeouts.whole = 0.3
                }
                #expect(slow.contains("took more than 0.3 s"), "\(slow)")
            }
        }

        @Test("what no other try changes is one sentence, and is not tried again") func refusals() throws {
            let server = try LoopbackServer { request in
                request.method == "GET"
                    ? LoopbackServer.Reply(#"{"data": [{"id": "small", "max_model_len": 16}]}"#)
                    : LoopbackServer.Reply(#"{"error": {"message": "invalid key"}}"#, status: 401)
            }
            try withTemporaryFolder { folder in
                let refused = sentence {
                    _ = try turns(model(endpoint(server.url) { $0.concurrency = 1 }, in: folder))
                }
                #expect(refused.contains("401: {\"error\": {\"message\": \"invalid key\"}}"), "\(refused)")
                #expect(refused.contains("endpoint.keyVariable"))
                #expect(server.requests.count { $0.method == "POST" } == 1)
                #expect(throws: RemoteModelError.missingKey(variable: "NOT_SET")) {
                    try model(endpoint(server.url) { $0.keyVariable = "NOT_SET" }, in: folder)
                }
                #expect(throws: RemoteModelError.context(url: server.url + "/v1", tokens: 16, wanted: 20)) {
                    try turns(model(endpoint(server.url) { $0.model = "small" }, in: folder))
                }
                #expect(throws: RemoteModelError.noAddress(count: 12)) {
                    try turns(model(endpoint(server.url) { $0.url = "" }, in: folder))
                }
            }
        }

        @Test("a budget stops cleanly, and a larger one goes on where it was") func budgetStops() throws {
            let server = try LoopbackServer { FakeModel.reply(to: $0) }
            try withTemporaryFolder { folder in
                func limited(_ change: (inout EndpointBudget) -> Void) throws -> RemoteModel {
                    try model(
                        endpoint(server.url) {
                            $0.concurrency = 1
                            change(&$0.budget)
                        }, in: folder)
                }
                let stopped = sentence { _ = try turns(limited { $0.requests = 5 }, candidates: 1) }
                #expect(
                    stopped.contains("5 requests is spent (5 requests), 7 prompts are unanswered"),
                    "\(stopped)")
                // Five answers of 12 tokens are kept; the seventh begins at 72.
                #expect(throws: RemoteModelError.self) {
                    try turns(limited { $0.tokens = 70 }, candidates: 1)
                }
                #expect(server.requests.count { $0.method == "POST" } == 6)
                let money = sentence {
                    _ = try turns(
                        limited {
                            $0.outputPrice = 1e6
                            $0.cost = 43
                        }, candidates: 1)
                }
                #expect(money.contains("spent (49.0000)"), "\(money)")
                let all = try turns(limited { _ in }, candidates: 1)
                #expect(all.count == 12)
                #expect(server.requests.count { $0.method == "POST" } == 12)
            }
        }
    }
}
