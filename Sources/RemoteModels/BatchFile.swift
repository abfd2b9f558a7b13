import Foundation
import Pipeline

/// Requests and answers as files in OpenAI's batch format, for a machine that may not call out: JSON lines
/// that are told apart by `custom_id`.
enum BatchFile {
    private struct Request: Encodable {
        let custom_id: String
        let method = "POST"
        let url: String
        let body: [String: JSONValue]
    }

    private struct Line: Decodable {
        struct Response: Decodable {
            let status_code: Int?
            let body: JSONValue?
        }
        let custom_id: String?
        let response: Response?
        let error: JSONValue?
    }

    /// What a file of answers held.
    struct Reading: Equatable {
        /// Answers that are new.
        var new = 0
        /// Lines whose request had its answer, here or before.
        var repeated = 0
        /// Lines that say that the request failed.
        var failed = 0
    }

    /// Writes requests; the file appears when it is whole.
    static func write(_ requests: [CompletionRequest], to file: URL) throws {
        try JSONLines.write(
            requests.map { Request(custom_id: $0.id, url: "/v1" + $0.path, body: $0.body) }, to: file)
    }

    /// Keeps the answers of a file, in whatever order they stand; of several for a request, the first.
    ///
    /// - Throws: `RunError.file` for a line that is no JSON of the format, before anything is kept.
    static func read(
        _ file: URL, from endpoint: EndpointConfiguration, into journal: AnswerJournal
    ) throws -> Reading {
        var reading = Reading()
        let lines = try JSONLines.read(Line.self, from: file)
        if let place = lines.firstIndex(where: { $0.custom_id == nil }) {
            throw RunError.file(
                path: file.path, message: "has no custom_id in record \(place + 1), so it answers no request")
        }
        for line in lines {
            guard let id = line.custom_id else { continue }
            if journal.answer(to: id) != nil {
                reading.repeated += 1
                continue
            }
            let status = line.response?.status_code ?? 200
            guard let body = line.response?.body, (200..<300).contains(status),
                let answer = try? ServerAnswer(JSONEncoder().encode(body), from: endpoint)
            else {
                reading.failed += 1
                continue
            }
            try journal.keep(answer, to: id)
            reading.new += 1
        }
        return reading
    }
}
