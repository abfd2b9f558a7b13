import Foundation
import ModelFiles

/// A value in a tokenizer file that knows its place, so that every error names the file and the key.
struct FileValue {
    let node: JSONNode
    /// The names of the members on the way with dots between; "" at the top.
    let key: String
    let path: String

    /// Parses the bytes of a file.
    ///
    /// - Throws: `TokenizationError.malformedFile`.
    init(parsing data: Data, path: String) throws {
        self.path = path
        key = ""
        do {
            node = try data.withUnsafeBytes { try JSONNode(parsing: $0) }
        } catch let error as JSONSyntaxError {
            throw TokenizationError.malformedFile(
                path: path, key: "the top", reason: "not JSON at byte \(error.offset): \(error.reason)")
        }
    }

    private init(_ node: JSONNode, key: String, path: String) {
        self.node = node
        self.key = key
        self.path = path
    }

    func child(_ name: String, _ node: JSONNode) -> FileValue {
        FileValue(node, key: key.isEmpty ? name : "\(key).\(name)", path: path)
    }

    func malformed(_ reason: String) -> TokenizationError {
        .malformedFile(path: path, key: key.isEmpty ? "the top" : key, reason: reason)
    }

    func unsupported(_ found: String, expected: String) -> TokenizationError {
        .unsupportedFile(path: path, key: key, found: found, expected: expected)
    }

    private func mismatch(_ expected: String) -> TokenizationError {
        malformed("\(node.kind), expected \(expected)")
    }

    /// The member `name`, or nil if it is missing or null.
    func optional(_ name: String) throws -> FileValue? {
        for member in try members() where member.name.utf8.elementsEqual(name.utf8) {
            if case .null = member.value { return nil }
            return child(name, member.value)
        }
        return nil
    }

    func required(_ name: String) throws -> FileValue {
        for member in try members() where member.name.utf8.elementsEqual(name.utf8) {
            return child(name, member.value)
        }
        throw child(name, .null).malformed("the key is missing")
    }

    func members() throws -> [(name: String, value: JSONNode)] {
        guard case .object(let members) = node else { throw mismatch("an object") }
        return members
    }

    func elements() throws -> [FileValue] {
        guard case .array(let elements) = node else { throw mismatch("a list") }
        return elements.enumerated().map { child(String($0), $1) }
    }

    func string() throws -> String {
        guard case .string(let value) = node else { throw mismatch("a string") }
        return value
    }

    func bool() throws -> Bool {
        guard case .bool(let value) = node else { throw mismatch("true or false") }
        return value
    }

    /// A whole number in `range`.
    func integer(in range: ClosedRange<Int>) throws -> Int {
        guard case .integer(let value) = node, range.contains(value) else {
            throw mismatch("a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// The member `name` if it is there, else `missing`.
    func bool(_ name: String, missing: Bool) throws -> Bool {
        try optional(name)?.bool() ?? missing
    }

    /// The member `type`, which says what kind of part this is.
    func type() throws -> String { try required("type").string() }
}
