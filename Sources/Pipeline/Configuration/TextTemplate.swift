/// A text with named fields, such as `{title}[ ({category})]`.
///
/// `{name}` stands for a field, and a part in square brackets is left out where a field in it is empty. A
/// line
/// whose fields are all empty is left out too. `{{`, `}}`, `[[` and `]]` stand for the character itself.
public struct TextTemplate: Sendable, Equatable {
    private enum Part: Sendable, Equatable {
        case text(String)
        case field(String)
        case optional([Part])
    }

    private let lines: [[Part]]

    /// Reads a template.
    ///
    /// - Parameter fields: names that it may have.
    /// - Throws: `TextTemplateError` for another name, or a bracket without its pair.
    public init(_ text: String, fields: [String]) throws {
        lines = try text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var rest = line
            let parts = try Self.parts(&rest, fields, isInside: false)
            return parts
        }
    }

    private static func parts(
        _ rest: inout Substring, _ fields: [String], isInside: Bool
    ) throws -> [Part] {
        var (parts, text): ([Part], String) = ([], "")
        func flush() {
            if !text.isEmpty { parts.append(.text(text)) }
            text = ""
        }
        while let character = rest.popFirst() {
            if "{}[]".contains(character), rest.first == character {
                text.append(character)
                rest.removeFirst()
                continue
            }
            switch character {
            case "{":
                guard let end = rest.firstIndex(of: "}") else { throw TextTemplateError.unpaired("{") }
                let name = String(rest[..<end])
                guard fields.contains(name) else {
                    throw TextTemplateError.unknownField(
                        name, nearest: NearestKey.find(name, in: fields), known: fields)
                }
                flush()
                parts.append(.field(name))
                rest = rest[rest.index(after: end)...]
            case "[" where !isInside:
                flush()
                parts.append(.optional(try Self.parts(&rest, fields, isInside: true)))
            case "]" where isInside:
                flush()
                return parts
            case "}", "[", "]": throw TextTemplateError.unpaired(String(character))
            default: text.append(character)
            }
        }
        guard !isInside else { throw TextTemplateError.unpaired("[") }
        flush()
        return parts
    }

    /// The text with the fields' values; a field without one is empty.
    public func render(_ values: [String: String]) -> String {
        lines.compactMap { line in
            let names = Self.names(line)
            if !names.isEmpty, names.allSatisfy({ (values[$0] ?? "").isEmpty }) { return nil }
            return Self.text(line, values)
        }.joined(separator: "\n")
    }

    private static func names(_ parts: [Part]) -> [String] {
        parts.flatMap { part -> [String] in
            switch part {
            case .text: []
            case .field(let name): [name]
            case .optional(let inner): names(inner)
            }
        }
    }

    private static func text(_ parts: [Part], _ values: [String: String]) -> String {
        parts.map { part -> String in
            switch part {
            case .text(let text): text
            case .field(let name): values[name] ?? ""
            case .optional(let inner):
                names(inner).allSatisfy { !(values[$0] ?? "").isEmpty } ? text(inner, values) : ""
            }
        }.joined()
    }
}

/// What a template got wrong.
public enum TextTemplateError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A name that no field has.
    case unknownField(String, nearest: String?, known: [String])
    /// A bracket without its pair.
    case unpaired(String)

    /// What is wrong, as the end of a sentence that begins with the setting.
    public var description: String {
        switch self {
        case .unknownField(let name, let nearest, let known):
            "has the unknown field {\(name)}" + (nearest.map { "; did you mean {\($0)}?" } ?? "")
                + " Expected only \(known.map { "{\($0)}" }.joined(separator: ", "))"
        case .unpaired(let bracket):
            "has '\(bracket)' without its pair; write '\(bracket)\(bracket)' for the character itself"
        }
    }
}
