import Foundation

/// As much of JSON Schema as the service's interface uses.
struct JSONSchema {
    let schema: [String: Any]

    /// Why a value does not fit; empty where it does.
    func faults(_ value: Any, at path: String = "$") -> [String] {
        if let choices = schema["oneOf"] as? [[String: Any]] {
            let fitting = choices.count { JSONSchema(schema: $0).faults(value).isEmpty }
            return fitting == 1 ? [] : ["\(path): \(fitting) of \(choices.count) choices fit"]
        }
        if let choices = schema["enum"] as? [String] {
            return choices.contains { $0 == value as? String }
                ? [] : ["\(path): \(value) is none of \(choices)"]
        }
        switch schema["type"] as? String {
        case "object": return object(value, path)
        case "array":
            guard let list = value as? [Any], let items = schema["items"] as? [String: Any] else {
                return ["\(path): no list"]
            }
            return list.enumerated().flatMap { JSONSchema(schema: items).faults($1, at: "\(path)[\($0)]") }
        case "string": return value is String ? [] : ["\(path): no text"]
        case "null": return value is NSNull ? [] : ["\(path): not null"]
        case "boolean": return Self.isFlag(value) ? [] : ["\(path): no flag"]
        case "number": return !Self.isFlag(value) && value is NSNumber ? [] : ["\(path): no number"]
        case "integer":
            let number = (value as? NSNumber)?.doubleValue
            return !Self.isFlag(value) && number.map { $0 == $0.rounded() } == true
                ? [] : ["\(path): no integer"]
        default: return ["\(path): the schema has no type that is known"]
        }
    }

    private static func isFlag(_ value: Any) -> Bool {
        guard let number = value as? NSNumber else { return false }
        return String(cString: number.objCType) == "c" || String(cString: number.objCType) == "B"
    }

    private func object(_ value: Any, _ path: String) -> [String] {
        guard let members = value as? [String: Any] else { return ["\(path): no object"] }
        guard let properties = schema["properties"] as? [String: [String: Any]] else { return [] }
        let missing = (schema["required"] as? [String] ?? []).filter { members[$0] == nil }
        let unknown = members.keys.filter { properties[$0] == nil }
        return missing.map { "\(path).\($0): missing" } + unknown.map { "\(path).\($0): unknown" }
            + members.flatMap { name, member in
                properties[name].map { JSONSchema(schema: $0).faults(member, at: "\(path).\(name)") } ?? []
            }
    }
}
