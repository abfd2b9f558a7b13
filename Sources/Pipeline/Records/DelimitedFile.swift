import Foundation

/// A comma-separated table with a header, read block by block and field by field without a copy of each line.
struct DelimitedFile {
    private let path: String
    private let columns: [String]
    private let hasRowNumbers: Bool
    private let next: () throws -> Data?

    fileprivate static let quote = UInt8(ascii: "\"")

    /// A file.
    ///
    /// - Throws: `RunError.file` when it cannot be read.
    init(_ url: URL, columns: [String]) throws {
        let fail = { (error: any Error) in
            RunError.file(path: url.path, message: "cannot be read (\(error.localizedDescription))")
        }
        let handle: FileHandle
        do { handle = try FileHandle(forReadingFrom: url) } catch { throw fail(error) }
        self.init(path: url.path, columns: columns, hasRowNumbers: false) {
            do { return try handle.read(upToCount: 1 << 20) } catch { throw fail(error) }
        }
    }

    /// Rows that come from elsewhere.
    ///
    /// - Parameters:
    ///   - path: what errors call the table.
    ///   - hasRowNumbers: whether the last column is the row that errors name in place of the line.
    ///   - next: the next bytes, of any number; nil or none at the end.
    init(path: String, columns: [String], hasRowNumbers: Bool, next: @escaping () throws -> Data?) {
        (self.path, self.columns, self.next) = (path, columns, next)
        self.hasRowNumbers = hasRowNumbers
    }

    /// Calls `body` with the fields of every row after the header.
    ///
    /// - Throws: `RunError.file` for other columns, or a row with another number of fields.
    func forEachRow(_ body: (Fields) throws -> Void) throws {
        var rest = Data()
        var line = 0
        var ends: [Int] = []
        func take(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) throws {
            line += 1
            ends.removeAll(keepingCapacity: true)
            var isQuoted = false
            for place in range {
                if bytes[place] == Self.quote { isQuoted.toggle() }
                if bytes[place] == UInt8(ascii: ","), !isQuoted { ends.append(place) }
            }
            ends.append(range.upperBound)
            let fields = Fields(
                bytes: bytes, start: range.lowerBound, ends: ends, line: line, path: path,
                hasRowNumber: hasRowNumbers && line > 1)
            if line == 1 {
                let names = ends.indices.map(fields.text)
                guard names == columns else {
                    throw fields.failure("expected the columns \(columns.joined(separator: ","))")
                }
                return
            }
            guard ends.count == columns.count else {
                throw fields.failure("has \(ends.count) fields; expected \(columns.count)")
            }
            try body(fields)
        }
        while let block = try next(), !block.isEmpty {
            rest.append(block)
            let used = try rest.withUnsafeBytes { bytes in
                var start = 0
                while start < bytes.count, let base = bytes.baseAddress,
                    let found = memchr(base + start, Int32(UInt8(ascii: "\n")), bytes.count - start)
                {
                    let end = UnsafeRawPointer(found) - base
                    try take(bytes, start..<end)
                    start = end + 1
                }
                return start
            }
            rest = Data(rest.dropFirst(used))
        }
        try rest.withUnsafeBytes { bytes in
            if line == 0 || !bytes.isEmpty { try take(bytes, 0..<bytes.count) }
        }
    }

    /// The fields of one row.
    struct Fields {
        fileprivate let bytes: UnsafeRawBufferPointer
        fileprivate let start: Int
        fileprivate let ends: [Int]
        fileprivate let line: Int
        fileprivate let path: String
        fileprivate let hasRowNumber: Bool

        func failure(_ message: String) -> RunError {
            let place = hasRowNumber ? ", row \(text(ends.count - 1))" : ":\(line)"
            return .file(path: path + place, message: message)
        }

        func text(_ field: Int) -> String {
            let begin = field == 0 ? start : ends[field - 1] + 1
            let end = ends[field]
            guard end - begin > 1, bytes[begin] == DelimitedFile.quote, bytes[end - 1] == DelimitedFile.quote
            else {
                return String(decoding: bytes[begin..<end], as: UTF8.self)
            }
            return String(decoding: bytes[begin + 1..<end - 1], as: UTF8.self).replacing("\"\"", with: "\"")
        }

        func integer<Value: FixedWidthInteger>(_ field: Int, _ name: String) throws -> Value {
            var place = field == 0 ? start : ends[field - 1] + 1
            let isNegative = place < ends[field] && bytes[place] == UInt8(ascii: "-")
            if isNegative { place += 1 }
            var value: Int64 = 0
            var isNumber = place < ends[field]
            while place < ends[field], isNumber {
                let digit = Int64(bytes[place]) - 48
                let (shifted, isTooLong) = value.multipliedReportingOverflow(by: 10)
                let (next, isTooLarge) = shifted.addingReportingOverflow(digit)
                isNumber = (0...9).contains(digit) && !isTooLong && !isTooLarge
                value = next
                place += 1
            }
            guard isNumber, let result = Value(exactly: isNegative ? -value : value) else {
                throw failure("has \(name) '\(text(field))'; expected a whole number")
            }
            return result
        }

        func index(_ field: Int, _ name: String, below count: Int) throws -> Int32 {
            let value: Int32 = try integer(field, name)
            guard value >= 0, value < count else {
                throw failure(
                    "names \(name) \(value), which does not exist; there are \(count), from 0 to \(count - 1)"
                )
            }
            return value
        }

        func real(_ field: Int, _ name: String) throws -> Double {
            guard let value = Double(text(field)), value.isFinite else {
                throw failure("has \(name) '\(text(field))'; expected a number")
            }
            return value
        }

        func flag(_ field: Int, _ name: String) throws -> Bool {
            switch text(field) {
            case "1": return true
            case "0": return false
            default: throw failure("has \(name) '\(text(field))'; expected 0 or 1")
            }
        }
    }
}
