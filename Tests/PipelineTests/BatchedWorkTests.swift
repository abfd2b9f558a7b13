import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct BatchedWorkTests {
    private struct Record: Codable, Sendable, Equatable { var square: Int }
    private struct Interruption: Error {}

    @Test("interrupted work resumes with the unfinished batch and leaves one file")
    func interruptedWorkResumes() throws {
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "squares.jsonl")
            var made: [Range<Int>] = []
            func run(until end: Int) throws -> [Record] {
                try BatchedWork.write(count: 10, batchSize: 4, to: file, progress: RunProgress()) { range in
                    if range.upperBound > end { throw Interruption() }
                    made.append(range)
                    return range.map { Record(square: $0 * $0) }
                }
            }
            #expect(throws: Interruption.self) { try run(until: 9) }
            #expect(!FileManager.default.fileExists(atPath: file.path), "nothing looks finished")
            let records = try run(until: 10)
            #expect(made == [0..<4, 4..<8, 8..<10])
            #expect(records == (0..<10).map { Record(square: $0 * $0) })
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["squares.jsonl"])
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 10 && lines[9] == #"{"square":81}"#)
        }
    }
}
