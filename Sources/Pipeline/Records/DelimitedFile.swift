import Foundation

/// A comma-separated table with a header (RFC 4180), read block by block and field by field without a copy of
/// each row. Rows end with a newline, after a carriage return or not; a field in quotation marks may hold
/// commas and newlines.
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

    /// Rows larger than this are taken for a quotation mark that is missing, in bytes.
    private static let largestRow = 16 << 20

    /// Calls `body` with the fields of every row after the header.
    ///
    /// - Throws: `RunError.file` for other columns, a row with another number of fields, or a quotation mark
    ///   without its pair.
    func forEachRow(_ body: (Fields) throws -> Void) throws {
        var rest = Data()
        var scanner = RowScanner()
        func take(_ bytes: UnsafeRawBufferPointer, from start: Int) throws {
            let ends = scanner.ends
            let isHeader = scanner.row == 0
            let fields = Fields(
                bytes: bytes, start: start, ends: ends, line: scanner.firstLine, path: path,
                hasRowNumber: hasRowNumbers && !isHeader)
            if isHeader {
                let names = ends.indices.map(fields.text)
                guard names == columns else {
                    throw fields.failure("expected the columns \(columns.joined(separator: ","))")
                }
            } else {
                guard ends.count == columns.count else {
                    throw fields.failure("has \(ends.count) fields; expected \(columns.count)")
                }
                try body(fields)
            }
        }
        while let block = try next(), !block.isEmpty {
            rest.append(block)
            let used = try rest.withUnsafeBytes { bytes in
                var start = 0
                while scanner.finds(rowOf: bytes, from: start, isAtEnd: false) {
                    try take(bytes, from: start)
                    start = scanner.next
                    scanner.advance()
                }
                return start
            }
            rest = Data(rest.dropFirst(used))
            guard rest.count <= Self.largestRow else { throw unpaired(scanner.firstLine) }
        }
        try rest.withUnsafeBytes { bytes in
            guard scanner.row == 0 || !bytes.isEmpty else { return }
            guard scanner.finds(rowOf: bytes, from: 0, isAtEnd: true) else {
                throw unpaired(scanner.firstLine)
            }
            try take(bytes, from: 0)
        }
    }

    private func unpaired(_ line: Int) -> RunError {
        .file(
            path: "\(path):\(line)",
            message: "has a quotation mark without its pair in the row that begins here; expected fields as "
                + "\"text\", with \"\" for a mark inside")
    }

    /// Finds the end of a row and of its fields.
    private struct RowScanner {
        /// Rows before this one, the header included.
        private(set) var row = 0
        /// The line, from 1, that the row begins in.
        private(set) var firstLine = 1
        /// Where each field ends.
        private(set) var ends: [Int] = []
        /// Where the next row begins.
        private(set) var next = 0
        /// Newlines inside the row's quotation marks.
        private var innerLines = 0

        /// Whether a whole row begins at `start`; if so, `ends` and `next` are its.
        ///
        /// - Parameter isAtEnd: whether the end of the bytes ends a row too.
        mutating func finds(rowOf bytes: UnsafeRawBufferPointer, from start: Int, isAtEnd: Bool) -> Bool {
            ends.removeAll(keepingCapacity: true)
            innerLines = 0
            var isQuoted = false
            for place in start..<bytes.count {
                switch bytes[place] {
                case DelimitedFile.quote: isQuoted.toggle()
                case UInt8(ascii: ",") where !isQuoted: ends.append(place)
                case UInt8(ascii: "\n") where isQuoted: innerLines += 1
                case UInt8(ascii: "\n"):
                    finish(bytes, from: start, to: place)
                    return true
                default: break
                }
            }
            guard isAtEnd, !isQuoted else { return false }
            finish(bytes, from: start, to: bytes.count)
            return true
        }

        private mutating func finish(_ bytes: UnsafeRawBufferPointer, from start: Int, to end: Int) {
            let hasReturn = end > start && bytes[end - 1] == UInt8(ascii: "\r")
            ends.append(hasReturn ? end - 1 : end)
            next = end + 1
        }

        /// Goes on to the next row.
        mutating func advance() {
            row += 1
            firstLine += 1 + innerLines
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
