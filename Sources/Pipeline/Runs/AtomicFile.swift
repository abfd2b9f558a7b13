public import Foundation

/// Files that appear under their name only when they are whole.
public enum AtomicFile {
    /// Writes beside the file, then renames.
    ///
    /// - Throws: `RunError.file` naming the file, such as when the disk is full; nothing is left behind.
    public static func write(_ data: Data, to url: URL) throws {
        try write(to: url) { write in try write(data) }
    }

    /// Writes bytes as they come beside the file, then renames.
    ///
    /// - Parameter body: writes one part after another.
    /// - Throws: as the other `write`, and what `body` throws; nothing is left behind.
    public static func write(to url: URL, _ body: (_ write: @escaping (Data) throws -> Void) throws -> Void)
        throws
    {
        let partial = url.deletingLastPathComponent().appending(path: ".\(url.lastPathComponent).partial")
        func checked<Result>(_ work: () throws -> Result) throws -> Result {
            do { return try work() } catch {
                throw RunError.file(
                    path: url.path,
                    message: "cannot be written (\(error.localizedDescription)); is the disk full?")
            }
        }
        do {
            let file = try checked {
                try Data().write(to: partial)
                return try FileHandle(forWritingTo: partial)
            }
            try body { part in try checked { try file.write(contentsOf: part) } }
            try checked {
                try file.close()
                guard rename(partial.path, url.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
            }
        } catch {
            try? FileManager.default.removeItem(at: partial)
            throw error
        }
    }

    /// Writes a value as JSON with sorted keys.
    public static func write(_ value: some Encodable, json url: URL) throws {
        try write(Fingerprint.json(value), to: url)
    }

    /// Reads a value that `write(_:json:)` wrote.
    ///
    /// - Throws: `RunError.file` naming the file.
    public static func read<Value: Decodable>(_: Value.Type, json url: URL) throws -> Value {
        do { return try JSONDecoder().decode(Value.self, from: Data(contentsOf: url)) } catch {
            throw RunError.file(
                path: url.path,
                message: "cannot be read as \(Value.self) (\(error)); if an earlier version wrote it, remove "
                    + "its folder and run the command again")
        }
    }
}

/// Digests of values that a step depends on.
public enum Fingerprint {
    /// SHA-256 of the value's JSON with sorted keys.
    public static func of(_ value: some Encodable) throws -> String { SHA256Digest.hex(try json(value)) }

    /// JSON with sorted keys: the same value gives the same bytes.
    public static func json(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }
}
