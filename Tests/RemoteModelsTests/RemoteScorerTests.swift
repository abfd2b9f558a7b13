import Foundation
import LanguageModels
import Pipeline
import TestSupport
import Testing

@testable import RemoteModels

extension ServerTests {
    @Suite("Eq. (1) by a server") struct RemoteScorerTests {
        private let prompts = [
            ScoredPrompt(message: "one", reasoning: ["tea", "thé vert"], answer: "Item title: thé"),
            ScoredPrompt(message: "two", reasoning: [""], answer: "Item title: jam"),
        ]

        private func scorer(
            _ url: String, in folder: URL, _ change: (inout EndpointConfiguration) -> Void = { _ in }
        ) throws -> RemoteScorer {
            var endpoint = EndpointConfiguration()
            (endpoint.url, endpoint.model, endpoint.attempts) = (url + "/v1", "fake", 2)
            change(&endpoint)
            return try RemoteScorer(
                endpoint, journal: folder.appending(path: "perplexity.jsonl"),
                prompt: RemoteModel.Prompt(stops: []) { "<|u|>\($0)<|a|>" }, environment: [:], backoff: 0.01,
                progress: RunProgress(isSilent: true))
        }

        /// A server whose model reads a letter a token and finds the n-th token of a prompt −n/8 likely.
        private func letters(
            _ request: LoopbackServer.Request, _ form: ([(text: String, value: JSONValue)]) -> JSONValue
        ) -> LoopbackServer.Reply {
            guard request.method == "POST",
                let body = try? JSONDecoder().decode([String: JSONValue].self, from: request.body),
                case .string(let prompt)? = body["prompt"]
            else { return LoopbackServer.Reply(#"{"data": []}"#) }
            let tokens = prompt.enumerated().map { place, letter in
                (text: String(letter), value: place == 0 ? JSONValue.null : .real(-Double(place) / 8))
            }
            guard case .object(var choice) = form(tokens) else {
                return LoopbackServer.Reply("", status: 500)
            }
            choice["text"] = .string(prompt + "!")
            choice["index"] = 0
            let reply: JSONValue = ["model": "fake", "choices": [.object(choice)]]
            return LoopbackServer.Reply(
                (try? JSONEncoder().encode(reply)).map { String(decoding: $0, as: UTF8.self) } ?? "")
        }

        /// `echo` with `logprobs`, and a drawn token at the end.
        private func echo(_ tokens: [(text: String, value: JSONValue)]) -> JSONValue {
            [
                "logprobs": [
                    "tokens": .array(tokens.map { .string($0.text) } + ["!"]),
                    "token_logprobs": .array(tokens.map(\.value) + [-9]),
                    "text_offset": .array((0...tokens.count).map(JSONValue.integer)),
                ]
            ]
        }

        /// The sums of log P over the letters of each answer, from where they stand.
        private var expected: [[Double]] {
            prompts.map { prompt in
                prompt.reasoning.map { reasoning in
                    let context = "<|u|>\(prompt.message)<|a|><think>\(reasoning)</think>\n<answer>".count
                    return (context..<context + prompt.answer.count).reduce(0) { $0 - Double($1) / 8 }
                }
            }
        }

        @Test("log-probabilities of the answer alone are summed, and asked for once") func echoed() throws {
            let server = try LoopbackServer { letters($0, echo) }
            try withTemporaryFolder { folder in
                var done = 0
                let found = try scorer(server.url, in: folder).scores(of: prompts) { done = $0 }
                #expect(found.map { $0.map(\.logLikelihood) } == expected && done == 2)
                #expect(found[0].map(\.tokenCount) == [15, 15])
                let bodies = server.requests.filter { $0.method == "POST" }.map {
                    String(decoding: $0.body, as: UTF8.self)
                }
                #expect(bodies.count == 3)
                #expect(
                    bodies.allSatisfy { $0.contains(#""echo":true"#) && !$0.contains(#""stream":true"#) })
                let again = try scorer(server.url, in: folder).scores(of: prompts) { _ in }
                #expect(again.map { $0.map(\.logLikelihood) } == expected)
                #expect(server.requests.count { $0.method == "POST" } == 3)
            }
        }

        @Test("vLLM's prompt_logprobs are read where they are asked for") func promptLogProbabilities() throws
        {
            let server = try LoopbackServer { request in
                letters(request) { tokens in
                    [
                        "prompt_logprobs": .array(
                            tokens.map { token in
                                token.value == .null
                                    ? .null
                                    : ["17": ["logprob": token.value, "decoded_token": .string(token.text)]]
                            })
                    ]
                }
            }
            try withTemporaryFolder { folder in
                let scorer = try scorer(server.url, in: folder) {
                    $0.extraFields = #"{"prompt_logprobs": 0}"#
                }
                let found = try scorer.scores(of: prompts) { _ in }
                #expect(found.map { $0.map(\.logLikelihood) } == expected)
                let body = String(decoding: server.requests.last?.body ?? Data(), as: UTF8.self)
                #expect(body.contains(#""prompt_logprobs":0"#) && !body.contains("echo"))
            }
        }

        @Test(
            "a character of several tokens is scored whole, by the tokens' places or by their texts",
            arguments: [["\u{FFFD}", "\u{FFFD}"], ["", "é"]])
        func charactersInParts(texts: [String]) throws {
            // Every é is two tokens, the second −0.5 likely.
            let server = try LoopbackServer { request in
                letters(request) { tokens in
                    let parts = tokens.enumerated().flatMap { place, token in
                        token.text == "é"
                            ? [(texts[0], token.value, place), (texts[1], JSONValue.real(-0.5), place)]
                            : [(token.text, token.value, place)]
                    }
                    return [
                        "logprobs": [
                            "tokens": .array(parts.map { .string($0.0) }),
                            "token_logprobs": .array(parts.map(\.1)),
                            "text_offset": .array(parts.map { .integer($0.2) }),
                        ]
                    ]
                }
            }
            try withTemporaryFolder { folder in
                let found = try scorer(server.url, in: folder).scores(of: prompts) { _ in }
                #expect(found[1][0].logLikelihood == expected[1][0])
                #expect(found[0].map(\.logLikelihood) == expected[0].map { $0 - 0.5 })
                #expect(found[0].map(\.tokenCount) == [16, 16])
            }
        }

        @Test("a server without log-probabilities, or with too many, is one sentence")
        func withoutLogProbabilities() throws {
            let cases: [(choice: JSONValue, words: String)] = [
                (["logprobs": .null], "without log-probabilities of the prompt"),
                (
                    ["prompt_logprobs": [.null, ["1": ["logprob": -1], "2": ["logprob": -2]]]],
                    "several tokens for each place"
                ),
                (["logprobs": ["tokens": ["a"], "token_logprobs": [-1]]], "is not found"),
            ]
            for (choice, words) in cases {
                let server = try LoopbackServer { letters($0) { _ in choice } }
                try withTemporaryFolder { folder in
                    var sentence = ""
                    do { _ = try scorer(server.url, in: folder).scores(of: prompts) { _ in } } catch {
                        sentence = "\(error)"
                    }
                    #expect(sentence.contains(words), "\(sentence)")
                }
            }
        }
    }
}
