import Foundation
import Pipeline
import TestSupport
import Testing

@Suite struct MetricsLogTests {
    private struct Record: Codable, Sendable, Equatable {
        var step: Int
        var loss: Double
    }

    @Test("a resumed log has the bytes of an uninterrupted one")
    func resumedLogHasTheSameBytes() throws {
        try withTemporaryFolder { folder in
            let records = (1...6).map { Record(step: $0, loss: 1 / Double($0)) }
            let whole = folder.appending(path: "whole.jsonl")
            var log = try MetricsLog<Record>(whole, keeping: 0)
            for record in records { try log.append(record) }

            let resumed = folder.appending(path: "resumed.jsonl")
            var killed = try MetricsLog<Record>(resumed, keeping: 0)
            for record in records[..<5] { try killed.append(record) }
            var second = try MetricsLog<Record>(resumed, keeping: 3)
            #expect(second.count == 3 && second.last == records[2])
            for record in records[3...] { try second.append(record) }
            #expect(try Data(contentsOf: resumed) == Data(contentsOf: whole))
            #expect(try String(contentsOf: whole, encoding: .utf8).split(separator: "\n").count == 6)
        }
    }

    @Test("a new log replaces an existing file") func newLogReplacesTheOld() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "metrics.jsonl")
            try Data("old\n".utf8).write(to: url)
            var log = try MetricsLog<Record>(url, keeping: 0)
            try log.append(Record(step: 1, loss: 0.5))
            #expect(try String(contentsOf: url, encoding: .utf8) == "{\"loss\":0.5,\"step\":1}\n")
        }
    }

    @Test("a log that is missing, damaged or too short to resume from is refused")
    func unusableLogIsRefused() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "metrics.jsonl")
            let missing = try #require(throws: RunError.self) { try MetricsLog<Record>(url, keeping: 2) }
            #expect("\(missing)".contains("expected 2 records to resume from"))
            try Data("{\"loss\":0.5,\"step\":1}\nno record\n".utf8).write(to: url)
            let damaged = try #require(throws: RunError.self) { try MetricsLog<Record>(url, keeping: 2) }
            #expect("\(damaged)".contains("metrics.jsonl:2: is no record"))
            #expect(try MetricsLog<Record>(url, keeping: 1).count == 1)
            try Data("{\"loss\":0.5,\"step\":1}\n".utf8).write(to: url)
            #expect(throws: RunError.self) { try MetricsLog<Record>(url, keeping: 2) }
        }
    }
}

@Suite struct AtomicFileTests {
    @Test("a value reads back as written, and no other file is left behind") func valueReadsBack()
        throws
    {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "value.json")
            try AtomicFile.write(["b": 1, "a": 2], json: url)
            try AtomicFile.write(["b": 3, "a": 2], json: url)
            #expect(try AtomicFile.read([String: Int].self, json: url) == ["a": 2, "b": 3])
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["value.json"])
            let wrong = try #require(throws: RunError.self) { try AtomicFile.read([Int].self, json: url) }
            #expect("\(wrong)".contains("value.json: cannot be read as Array<Int>"))
        }
    }

    @Test("a file that cannot be written is named") func unwritableFileIsNamed() throws {
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "none/value.json")
            let error = try #require(throws: RunError.self) { try AtomicFile.write(1, json: url) }
            #expect("\(error)".contains("value.json: cannot be written"))
            // A folder in the file's place: the rename fails and leaves nothing behind.
            let taken = folder.appending(path: "taken")
            try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: false)
            try Data().write(to: taken.appending(path: "x"))
            #expect(throws: RunError.self) { try AtomicFile.write(1, json: taken) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
        }
    }
}
