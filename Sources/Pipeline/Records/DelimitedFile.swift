import Foundation

/// A comma-separated file with a header, read field by field without a copy of each line.
struct DelimitedFile {
    let url: URL
    private let data: Data

    init(_ url: URL, columns: [String]) throws {
        self.url = url
        do { data = try Data(contentsOf: url, options: .alwaysMapped) } catch {
            throw RunError.file(path: url.path, message: "cannot be read (\(error.localizedDescription))")
        }
        let header = data.prefix { $0 != UInt8(ascii: "\n") }
        guard String(decoding: header, as: UTF8.self) == columns.joined(separator: ",") else {
            throw RunError.file(
                path: "\(url.path):1", message: "expected the columns \(columns.joined(separator: ","))")
        }
    }

    /// Calls `body` with the fields of every row after the header, and its line number.
    func forEachRow(fields count: Int, _ body: (Fields) throws -> Void) throws {
        try data.withUnsafeBytes { bytes in
            var line = 1
            var start = (bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count) + 1
            var ends: [Int] = []
            while start < bytes.count {
                line += 1
                ends.removeAll(keepingCapacity: true)
                var place = start
                while place < bytes.count, bytes[place] != UInt8(ascii: "\n") {
                    if bytes[place] == UInt8(ascii: ",") { ends.append(place) }
                    place += 1
                }
                ends.append(place)
                let fields = Fields(bytes: bytes, start: start, ends: ends, line: line, path: url.path)
                guard ends.count == count else {
                    throw fields.failure("has \(ends.count) fields; expected \(count)")
                }
                try body(fields)
                start = place + 1
            }
        }
    }

    /// The fields of one row.
    struct Fields {
        fileprivate let bytes: UnsafeRawBufferPointer
        fileprivate let start: Int
        fileprivate let ends: [Int]
        fileprivate let line: Int
        fileprivate let path: String

        func failure(_ message: String) -> RunError { .file(path: "\(path):\(line)", message: message) }

        func text(_ field: Int) -> String {
            let begin = field == 0 ? start : ends[field - 1] + 1
            return String(
                decoding: UnsafeRawBufferPointer(rebasing: bytes[begin..<ends[field]]), as: UTF8.self)
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
