public import Foundation

/// The `metrics.jsonl` of a training loop: one JSON object a line, added and never rewritten.
public struct MetricsLog<Record: Codable & Sendable> {
    private let url: URL
    /// Number of records so far.
    public private(set) var count = 0
    /// The newest record; older ones are in the file alone.
    public private(set) var last: Record?

    /// - Parameters:
    ///   - url: the file.
    ///   - count: records to keep, those of the checkpoint that a loop resumes from; later ones are cut off
    ///     and done again.
    /// - Throws: `RunError.file` when the file does not hold `count` records.
    public init(_ url: URL, keeping count: Int) throws {
        self.url = url
        guard count > 0 else {
            try AtomicFile.write(Data(), to: url)
            return
        }
        guard let text = try? Data(contentsOf: url, options: .alwaysMapped) else {
            throw RunError.file(
                path: url.path, message: "cannot be read; expected \(count) records to resume from")
        }
        var end = text.startIndex
        while self.count < count, let newline = text[end...].firstIndex(of: UInt8(ascii: "\n")) {
            do { last = try JSONDecoder().decode(Record.self, from: text[end..<newline]) } catch {
                throw RunError.file(
                    path: "\(url.path):\(self.count + 1)", message: "is no record: \(error)")
            }
            end = newline + 1
            self.count += 1
        }
        guard self.count == count else {
            throw RunError.file(
                path: url.path,
                message: "has \(self.count) records; expected at least \(count) to resume from")
        }
        try cut(to: end - text.startIndex)
    }

    /// Adds a record.
    public mutating func append(_ record: Record) throws { try append(contentsOf: [record]) }

    /// Adds records.
    ///
    /// - Throws: `RunError.file` when they do not fit on the disk; the file then ends as it did before.
    public mutating func append(contentsOf new: [Record]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var text = Data()
        for record in new {
            text.append(try encoder.encode(record))
            text.append(UInt8(ascii: "\n"))
        }
        try write(text)
        count += new.count
        last = new.last ?? last
    }

    private func write(_ text: Data) throws {
        do {
            let file = try FileHandle(forWritingTo: url)
            defer { try? file.close() }
            let end = try file.seekToEnd()
            do { try file.write(contentsOf: text) } catch {
                // What was written of the records is taken back, so that the file ends with a whole line.
                try? file.truncate(atOffset: end)
                throw error
            }
        } catch {
            throw RunError.file(
                path: url.path,
                message: "cannot be written (\(error.localizedDescription)); is the disk full?")
        }
    }

    private func cut(to length: Int) throws {
        do {
            let file = try FileHandle(forWritingTo: url)
            defer { try? file.close() }
            try file.truncate(atOffset: UInt64(length))
        } catch {
            throw RunError.file(path: url.path, message: "cannot be cut (\(error.localizedDescription))")
        }
    }
}
