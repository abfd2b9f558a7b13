import ModelFiles
import Pipeline

/// An object of a request's body, each member of which is asked for once: what nobody asked for is a mistake.
struct RequestObject {
    private let members: [(name: String, value: JSONNode)]
    private let path: String
    private let maximumIdBytes: Int

    /// Times that a service takes: the years 1 to 9999, in seconds since 1970.
    private static let times = -62_135_596_800.0...253_402_300_799.0

    /// Parses a body.
    ///
    /// - Throws: `Problem`.
    init(parsing bytes: UnsafeRawBufferPointer, maximumIdBytes: Int) throws {
        let node: JSONNode
        do { node = try JSONNode(parsing: bytes) } catch {
            throw Problem(
                status: 400, title: "The body is no JSON", detail: "\(error.reason) at byte \(error.offset)")
        }
        try self.init(node, path: "", maximumIdBytes: maximumIdBytes)
    }

    init(_ node: JSONNode, path: String, maximumIdBytes: Int) throws {
        guard case .object(let members) = node else {
            throw Problem.invalid(path.isEmpty ? "body" : path, "is \(node.kind); expected an object")
        }
        var seen: Set<String> = []
        for member in members where !seen.insert(member.name).inserted {
            throw Problem.invalid(path + member.name, "is there twice; expected once")
        }
        (self.members, self.path, self.maximumIdBytes) = (members, path, maximumIdBytes)
    }

    /// - Throws: `Problem` for a member of another name.
    func expectOnly(_ names: [String]) throws {
        for member in members where !names.contains(member.name) {
            let nearest = NearestKey.find(String(member.name.prefix(64)), in: names)
            throw Problem.invalid(
                path + String(member.name.prefix(64)),
                "is unknown; "
                    + (nearest.map { "did you mean '\($0)'?" } ?? "expected \(names.joined(separator: ", "))")
            )
        }
    }

    /// A member as it is; nil for null.
    func value(_ name: String) -> JSONNode? {
        guard let found = members.first(where: { $0.name == name })?.value else { return nil }
        if case .null = found { return nil }
        return found
    }

    private func missing(_ name: String, _ expected: String) -> Problem {
        .invalid(path + name, "is missing; expected \(expected)")
    }

    private func wrong(_ name: String, _ found: JSONNode, _ expected: String) -> Problem {
        .invalid(path + name, "is \(found.kind.prefix(40)); expected \(expected)")
    }

    /// Whether the object has a member that is not null.
    func has(_ name: String) -> Bool { value(name) != nil }

    /// An id: a text, or a whole number as text.
    func id(_ name: String) throws -> String {
        guard let found = value(name) else { throw missing(name, "an id") }
        return try Self.id(found, path + name, maximumIdBytes)
    }

    static func id(_ node: JSONNode, _ field: String, _ maximum: Int) throws -> String {
        let id: String
        switch node {
        case .string(let text): id = text
        case .integer(let number): id = "\(number)"
        default:
            throw Problem.invalid(
                field, "is \(node.kind.prefix(40)); expected an id, a text or a whole number")
        }
        guard !id.isEmpty, id.utf8.count <= maximum else {
            throw Problem.invalid(
                field, "has \(id.utf8.count) bytes; expected 1 to \(maximum) (serve.maximumIdBytes)")
        }
        guard !id.utf8.contains(where: { $0 < 0x20 }) else {
            throw Problem.invalid(field, "has a control character; expected printable text")
        }
        return id
    }

    func text(_ name: String) throws -> String? {
        guard let found = value(name) else { return nil }
        guard case .string(let text) = found else { throw wrong(name, found, "a text") }
        return text
    }

    func flag(_ name: String) throws -> Bool? {
        guard let found = value(name) else { return nil }
        guard case .bool(let value) = found else { throw wrong(name, found, "true or false") }
        return value
    }

    func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
        guard let found = value(name) else { return nil }
        let value: Double
        switch found {
        case .integer(let whole): value = Double(whole)
        case .real(let real): value = real
        default: throw wrong(name, found, "a number")
        }
        guard value.isFinite, range.contains(value) else {
            throw Problem.invalid(
                path + name, "is \(value); expected a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func count(_ name: String, upTo maximum: Int) throws -> Int? {
        guard let found = value(name) else { return nil }
        guard case .integer(let value) = found, (1...maximum).contains(value) else {
            throw wrong(name, found, "a whole number from 1 to \(maximum)")
        }
        return value
    }

    /// Seconds since 1970.
    func time(_ name: String) throws -> Int64? {
        try number(name, in: Self.times).map { Int64($0.rounded(.down)) }
    }

    func list(_ name: String, atMost maximum: Int, setting: String) throws -> [JSONNode]? {
        guard let found = value(name) else { return nil }
        guard case .array(let values) = found else { throw wrong(name, found, "a list") }
        guard values.count <= maximum else {
            throw Problem(
                status: 413, title: "The request is too large",
                detail:
                    "\(path)\(name) has \(values.count) entries; expected at most \(maximum) (\(setting))",
                field: path + name)
        }
        return values
    }

    func object(_ name: String) throws -> RequestObject? {
        try value(name).map { try RequestObject($0, path: "\(path)\(name).", maximumIdBytes: maximumIdBytes) }
    }

    /// A map of texts; numbers and flags as text.
    func texts(_ name: String, known: [String]? = nil) throws -> [String: String] {
        guard let object = try object(name) else { return [:] }
        if let known { try object.expectOnly(known) }
        guard object.members.count <= 100 else {
            throw Problem.invalid(path + name, "has \(object.members.count) entries; expected at most 100")
        }
        return Dictionary(
            try object.members.map { member in
                switch member.value {
                case .string(let text):
                    guard text.utf8.count <= 4096 else {
                        throw Problem.invalid(
                            object.path + member.name, "is too long; expected at most 4096 bytes")
                    }
                    return (member.name, text)
                case .integer, .real, .bool: return (member.name, member.value.kind)
                default: throw object.wrong(member.name, member.value, "a text, a number or a flag")
                }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The members as lists of objects, each with its path.
    func objects(_ nodes: [JSONNode], _ name: String) throws -> [RequestObject] {
        try nodes.enumerated().map {
            try RequestObject($1, path: "\(path)\(name)[\($0)].", maximumIdBytes: maximumIdBytes)
        }
    }
}
