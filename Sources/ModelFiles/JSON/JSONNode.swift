/// A JSON document as a model's files need it: members in their order, strings compared by their scalars.
///
/// Foundation's decoder would read a vocabulary into `[String: Int]`, which merges canonically equivalent
/// tokens, and does not say where a damaged document fails.
public enum JSONNode: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    case real(Double)
    case string(String)
    case array([JSONNode])
    case object([(name: String, value: JSONNode)])

    /// Parses one document.
    ///
    /// - Throws: `JSONSyntaxError` with the byte at which it is not JSON (RFC 8259).
    public init(parsing bytes: UnsafeRawBufferPointer) throws(JSONSyntaxError) {
        self = try JSONParser.parse(bytes)
    }

    /// What the node is, for messages.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// A string, if this is one.
    var string: String? { if case .string(let value) = self { value } else { nil } }

    /// The first member of this name, where this is an object that has one. Names are compared scalar by
    /// scalar: "é" in one scalar is not "é" in two.
    public subscript(name: String) -> JSONNode? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }
}

/// Where and why a text is not JSON.
public struct JSONSyntaxError: Error {
    /// Bytes before the fault.
    public var offset: Int
    /// What was found or expected there.
    public var reason: String
}
