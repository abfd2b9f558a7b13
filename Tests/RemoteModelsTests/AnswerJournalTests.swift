import Foundation
import LanguageModels
import Pipeline
import TestSupport
import Testing

@testable import RemoteModels

@Suite("Answers on disk") struct AnswerJournalTests {
    private func answer(_ text: String) -> ServerAnswer {
        ServerAnswer(
            choices: [.init(parts: ReasoningParts(field: "r", content: text), isTruncated: false)],
            promptTokens: 2, completionTokens: 3)
    }

    @Test("answers are there again, a line that was cut off is not, and its place is good") func kept() throws
    {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "requests/teacher.jsonl")
            let journal = try AnswerJournal(file)
            try journal.keep(answer("one"), to: "a")
            try journal.keep(answer("two"), to: "b")
            let whole = try Data(contentsOf: file)
            try (whole + Data(#"{"id": "c", "ans"#.utf8)).write(to: file)
            let again = try AnswerJournal(file)
            #expect(again.answer(to: "a") == answer("one") && again.answer(to: "c") == nil)
            #expect(again.tokens.prompts == 4 && again.tokens.answers == 6)
            try again.keep(answer("three"), to: "c")
            #expect(try AnswerJournal(file).answer(to: "c") == answer("three"))
        }
    }

    @Test("a whole line that is no answer is an error with its number") func badLine() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "teacher.jsonl")
            try AnswerJournal(file).keep(answer("one"), to: "a")
            try (Data(contentsOf: file) + Data("nonsense\n".utf8)).write(to: file)
            let error = try #require(throws: RunError.self) { try AnswerJournal(file) }
            #expect("\(error)".contains("teacher.jsonl:2"))
        }
    }

    @Test("requests and answers go through files, in any order, with lines missing, repeated and failed")
    func batchFiles() throws {
        try withTemporaryFolder { folder in
            var endpoint = EndpointConfiguration()
            endpoint.model = "fake"
            let journal = folder.appending(path: "teacher.jsonl")
            let (asked, answered) = (
                folder.appending(path: "requests.jsonl"), folder.appending(path: "answers.jsonl")
            )
            func turns(_ unanswered: RemoteModel.Unanswered) throws -> [[TextTurn]] {
                try RemoteModel(
                    endpoint, journal: journal, prompt: nil, unanswered: unanswered, environment: [:],
                    progress: RunProgress(isSilent: true)
                ).turns(
                    of: (0..<4).map { TextPrompt(key: $0, message: "user \($0)") }, candidates: 1, seed: 1,
                    sampling: SamplingConfiguration(maximumTokens: 8)
                ) { _ in }
            }
            #expect(throws: RemoteModelError.requestsWritten(count: 4, file: asked.path)) {
                try turns(.written(asked))
            }
            struct Line: Decodable {
                let custom_id: String, method: String, url: String, body: [String: JSONValue]
            }
            let lines = try JSONLines.read(Line.self, from: asked)
            #expect(lines.allSatisfy { $0.method == "POST" && $0.url == "/v1/chat/completions" })
            #expect(lines[2].body["messages"] == [["role": "user", "content": "user 2"]])
            func line(_ place: Int, _ text: String) -> String {
                """
                {"id": "r\(place)", "custom_id": "\(lines[place].custom_id)", "error": null, "response": \
                {"status_code": 200, "body": {"model": "fake", "system_fingerprint": null, "choices": \
                [{"message": {"content": "\(text)", "refusal": null}, "logprobs": null}]}}}
                """
            }
            let failed = """
                {"custom_id": "\(lines[1].custom_id)", "response": null, \
                "error": {"message": "expired", "code": null}}
                """
            try [line(3, "d"), failed, line(0, "a"), line(0, "again")].joined(separator: "\n")
                .write(to: answered, atomically: true, encoding: .utf8)
            let reading = try BatchFile.read(answered, from: endpoint, into: AnswerJournal(journal))
            #expect(reading == BatchFile.Reading(new: 2, repeated: 1, failed: 1))
            #expect(throws: RemoteModelError.unanswered(count: 2)) { try turns(.refused) }
            #expect(throws: RemoteModelError.requestsWritten(count: 2, file: asked.path)) {
                try turns(.written(asked))
            }
            try [line(2, "c"), line(1, "b")].joined(separator: "\n")
                .write(to: answered, atomically: true, encoding: .utf8)
            _ = try BatchFile.read(answered, from: endpoint, into: AnswerJournal(journal))
            #expect(try turns(.refused).map { $0[0].text } == ["a", "b", "c", "d"])
            try "{\"response\": {}}\n".write(to: answered, atomically: true, encoding: .utf8)
            #expect(throws: RunError.self) {
                try BatchFile.read(answered, from: endpoint, into: AnswerJournal(journal))
            }
        }
    }
}
