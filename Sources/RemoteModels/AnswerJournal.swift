import Foundation
import Pipeline

/// Every answer that a run paid for, by the content of its request: JSON lines, one a request.
///
/// An answer counts once its line is on disk. A killed run finds it there, and a run whose other settings
/// changed asks nothing again.
final class AnswerJournal {
    private struct Line: Codable {
        var id: String
        var answer: ServerAnswer
    }

    private var answers: [String: ServerAnswer] = [:]
    private let file: FileHandle
    private let url: URL
    /// Bytes of whole lines.
    private var end: UInt64 = 0

    /// - Parameter url: the file; one process at a time works in it.
    /// - Throws: `RunError.file` for a line that is none. The last one may be cut off, and is dropped.
    init(_ url: URL) throws {
        self.url = url
        do {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            if !FileManager.default.fileExists(atPath: url.path) { try Data().write(to: url) }
            file = try FileHandle(forUpdating: url)
        } catch {
            throw RunError.file(path: url.path, message: "cannot be opened (\(error.localizedDescription))")
        }
        let data = try Data(contentsOf: url, options: .alwaysMapped)
        let whole = data.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        try file.truncate(atOffset: UInt64(whole))
        var (start, number) = (0, 0)
        while start < whole {
            let end = data[start..<whole].firstIndex(of: UInt8(ascii: "\n")) ?? whole
            number += 1
            guard let line = try? JSONDecoder().decode(Line.self, from: data[start..<end]) else {
                throw RunError.file(
                    path: "\(url.path):\(number)",
                    message: "is no answer; remove the line, and its request is asked again")
            }
            remember(line.answer, line.id)
            start = end + 1
        }
        end = try file.seekToEnd()
    }

    deinit { try? file.close() }

    /// Tokens of all answers, and of their prompts.
    private(set) var tokens = (prompts: 0, answers: 0)

    /// The answer to a request, if it has one.
    func answer(to id: String) -> ServerAnswer? { answers[id] }

    /// Keeps an answer, on disk before it returns.
    ///
    /// - Throws: `RunError.file`, such as when the disk is full.
    func keep(_ answer: ServerAnswer, to id: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            var line = try encoder.encode(Line(id: id, answer: answer))
            line.append(UInt8(ascii: "\n"))
            try file.write(contentsOf: line)
            try file.synchronize()
            end += UInt64(line.count)
        } catch {
            try? file.truncate(atOffset: end)  // a part of a line would spoil the next one
            throw RunError.file(
                path: url.path,
                message: "cannot be written (\(error.localizedDescription)); is the disk full?")
        }
        remember(answer, id)
    }

    private func remember(_ answer: ServerAnswer, _ id: String) {
        answers[id] = answer
        tokens.prompts += answer.promptTokens
        tokens.answers += answer.completionTokens
    }
}
