public import Foundation

/// A file with one JSON value.
public struct JSONFile<Value: Codable & Sendable>: Sendable {
    /// Where it lies.
    public let url: URL

    /// The file of a name in a folder.
    public init(_ folder: URL, _ name: String) { url = folder.appending(path: name) }

    /// The value.
    ///
    /// - Throws: `RunError.file` naming the file.
    public func read() throws -> Value { try AtomicFile.read(Value.self, json: url) }

    /// Writes the value; the file appears when it is whole.
    public func write(_ value: Value) throws { try AtomicFile.write(value, json: url) }

    /// Whether there is such a file.
    public var exists: Bool { FileManager.default.fileExists(atPath: url.path) }
}

/// A file with one JSON record per line.
public struct JSONLinesFile<Record: Sendable>: Sendable {
    /// Where it lies.
    public let url: URL

    /// The file of a name in a folder.
    public init(_ folder: URL, _ name: String) { url = folder.appending(path: name) }
}

extension JSONLinesFile where Record: Decodable {
    /// All records.
    ///
    /// - Throws: `RunError.file` naming the file and the line.
    public func read() throws -> [Record] { try JSONLines.read(Record.self, from: url) }

    /// Calls `body` with every record in order, one in memory at a time.
    public func forEachRecord(_ body: (Record) throws -> Void) throws {
        try JSONLines.forEach(Record.self, in: url, body)
    }
}

extension JSONLinesFile where Record: Encodable {
    /// Writes all records; the file appears when it is whole.
    public func write(_ records: some Sequence<Record>) throws { try JSONLines.write(records, to: url) }
}
