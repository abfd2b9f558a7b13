public import Foundation

/// The `metrics.jsonl` of a training loop: one JSON object a step.
public struct MetricsLog<Record: Codable & Sendable> {
    private let url: URL
    /// All records so far.
    public private(set) var records: [Record] = []

    /// - Parameters:
    ///   - url: the file.
    ///   - count: records to keep, those of the checkpoint that a loop resumes from; later ones are done
    ///     again.
    public init(_ url: URL, keeping count: Int) throws {
        self.url = url
        guard count > 0 else { return }
        guard let text = try? String(contentsOf: url, encoding: .utf8) else {
            throw RunError.file(
                path: url.path, message: "cannot be read; expected \(count) records to resume from")
        }
        let lines = text.split(separator: "\n").prefix(count)
        guard lines.count == count else {
            throw RunError.file(
                path: url.path,
                message: "has \(lines.count) records; expected at least \(count) to resume from")
        }
        records = try lines.enumerated().map { index, line in
            do { return try JSONDecoder().decode(Record.self, from: Data(line.utf8)) } catch {
                throw RunError.file(path: "\(url.path):\(index + 1)", message: "is no record: \(error)")
            }
        }
    }

    /// Adds a record; the file is replaced as a whole, so it never ends inside a line.
    public mutating func append(_ record: Record) throws { try append(contentsOf: [record]) }

    /// Adds records; see `append(_:)`.
    public mutating func append(contentsOf new: [Record]) throws {
        records += new
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var text = Data()
        for record in records {
            text.append(try encoder.encode(record))
            text.append(UInt8(ascii: "\n"))
        }
        try AtomicFile.write(text, to: url)
    }
}
