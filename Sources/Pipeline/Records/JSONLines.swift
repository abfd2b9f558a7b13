public import Foundation

/// Files of one JSON object a line.
public enum JSONLines {
    /// Writes records with sorted keys; the file appears when it is whole.
    public static func write(_ records: some Sequence<some Encodable>, to url: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var data = Data()
        for record in records {
            data.append(try encoder.encode(record))
            data.append(UInt8(ascii: "\n"))
        }
        try AtomicFile.write(data, to: url)
    }

    /// Reads records.
    ///
    /// - Throws: `RunError.file` that names the file, and the line that is no record.
    public static func read<Record: Decodable>(_: Record.Type, from url: URL) throws -> [Record] {
        let data: Data
        do { data = try Data(contentsOf: url, options: .alwaysMapped) } catch {
            throw RunError.file(path: url.path, message: "cannot be read (\(error.localizedDescription))")
        }
        let decoder = JSONDecoder()
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
        return try lines.compactMap { index, line in
            if line.isEmpty { return nil }
            do { return try decoder.decode(Record.self, from: line) } catch {
                throw RunError.file(
                    path: "\(url.path):\(index + 1)", message: "is no \(Record.self): \(reason(error))")
            }
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "it has no '\(key.stringValue)'"
        case DecodingError.typeMismatch(let type, let context):
            "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' is not of type \(type)"
        default: "\(error)"
        }
    }
}
