public import Foundation

/// Files of one JSON object a line.
public enum JSONLines {
    /// Writes records with sorted keys; the file appears when it is whole.
    public static func write(_ records: some Sequence<some Encodable>, to url: URL) throws {
        try write(to: url) { append in
            for record in records { try append(record) }
        }
    }

    /// Writes records as they come; about a mebibyte of them is in memory.
    ///
    /// - Parameter body: appends every record.
    public static func write(
        to url: URL, _ body: (_ append: (any Encodable) throws -> Void) throws -> Void
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try AtomicFile.write(to: url) { write in
            var data = Data()
            try body { record in
                data.append(try encoder.encode(record))
                data.append(UInt8(ascii: "\n"))
                if data.count > 1 << 20 {
                    try write(data)
                    data.removeAll(keepingCapacity: true)
                }
            }
            try write(data)
        }
    }

    /// Reads records.
    ///
    /// - Throws: `RunError.file` that names the file, and the line that is no record.
    public static func read<Record: Decodable>(_: Record.Type, from url: URL) throws -> [Record] {
        var records: [Record] = []
        try forEach(Record.self, in: url) { records.append($0) }
        return records
    }

    /// Calls `body` with every record in order, one in memory at a time.
    ///
    /// - Throws: as `read`, and what `body` throws.
    public static func forEach<Record: Decodable>(
        _: Record.Type, in url: URL, _ body: (Record) throws -> Void
    ) throws {
        let data: Data
        do { data = try Data(contentsOf: url, options: .alwaysMapped) } catch {
            throw RunError.file(path: url.path, message: "cannot be read (\(error.localizedDescription))")
        }
        let decoder = JSONDecoder()
        var (start, number) = (data.startIndex, 0)
        while start < data.endIndex {
            let end = data[start...].firstIndex(of: UInt8(ascii: "\n")) ?? data.endIndex
            let line = data[start..<end]
            (start, number) = (min(end + 1, data.endIndex), number + 1)
            if line.isEmpty { continue }
            let record: Record
            do { record = try decoder.decode(Record.self, from: line) } catch {
                throw RunError.file(
                    path: "\(url.path):\(number)", message: "is no \(Record.self): \(reason(error))")
            }
            try body(record)
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
