public import Foundation

/// Long work on many records, done in batches that are kept as they come: an interrupted call goes on where
/// it was.
public enum BatchedWork {
    /// Makes the records of `0..<count`, a batch at a time, and writes them to `file`.
    ///
    /// - Parameters:
    ///   - file: JSON lines; batches lie beside it meanwhile.
    ///   - make: the records of a range; must not depend on other ranges.
    /// - Returns: all records.
    public static func write<Record: Codable & Sendable>(
        count: Int, batchSize: Int, to file: URL, progress: RunProgress, make: (Range<Int>) throws -> [Record]
    ) throws -> [Record] {
        var all: [Record] = []
        var batches: [URL] = []
        for start in stride(from: 0, to: count, by: batchSize) {
            let range = start..<min(start + batchSize, count)
            let name = "\(file.deletingPathExtension().lastPathComponent)-\(start).jsonl"
            let batch = file.deletingLastPathComponent().appending(path: name)
            batches.append(batch)
            if !FileManager.default.fileExists(atPath: batch.path) {
                try JSONLines.write(make(range), to: batch)
            }
            all += try JSONLines.read(Record.self, from: batch)
            progress.update(range.upperBound)
        }
        try JSONLines.write(all, to: file)
        for batch in batches { try FileManager.default.removeItem(at: batch) }
        return all
    }
}
