public import Foundation
import Yams

/// Reads a YAML configuration over the defaults, and refuses what no setting has.
public enum ConfigurationReader {
    /// The defaults, changed by a file and then by `--set path=value` settings.
    ///
    /// - Throws: `ConfigurationError` that names the file, line and key.
    public static func read(_ file: URL?, settings: [String] = []) throws -> TaijiConfiguration {
        var tree = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(TaijiConfiguration()))
        if let file {
            let text: String
            do { text = try String(contentsOf: file, encoding: .utf8) } catch {
                throw ConfigurationError.unreadable(file: file.path, reason: error.localizedDescription)
            }
            tree = try merge(text, place: file.path, into: tree, path: [])
        }
        for setting in settings {
            let parts = setting.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw ConfigurationError.invalid(key: setting, message: "is no setting; expected path=value")
            }
            let nested = parts[0].split(separator: ".").reversed()
                .reduce(parts[1]) { value, key in "{\(key): \(value)}" }
            tree = try merge(nested, place: "--set \(setting)", into: tree, path: [])
        }
        let configuration: TaijiConfiguration
        do {
            configuration = try JSONDecoder().decode(
                TaijiConfiguration.self, from: JSONEncoder().encode(tree))
        } catch DecodingError.dataCorrupted(let context) {
            let key = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw ConfigurationError.invalid(
                key: key, message: "is not a known choice: \(context.debugDescription)")
        }
        try configuration.validate()
        return configuration
    }

    private static func merge(
        _ text: String, place: String, into tree: JSONValue, path: [String]
    ) throws -> JSONValue {
        let node: Node?
        do { node = try Yams.compose(yaml: text) } catch {
            throw ConfigurationError.unreadable(file: place, reason: "\(error)")
        }
        guard let node else { return tree }
        return try merge(node, place: place, into: tree, path: path)
    }

    private static func merge(
        _ node: Node, place: String, into old: JSONValue, path: [String]
    ) throws -> JSONValue {
        let line = place.hasPrefix("--set") ? place : "\(place):\(node.mark?.line ?? 1)"
        let key = path.joined(separator: ".")
        func wrong() -> ConfigurationError {
            let kind = if case .integer = old, !isWhole(path) { JSONValue.real(0).kind } else { old.kind }
            return .wrongKind(place: line, key: key, expected: kind, found: describe(node))
        }
        switch (old, node) {
        case (.object(var object), .mapping(let mapping)):
            let isFree = object.isEmpty
            for (keyNode, value) in mapping {
                guard let name = keyNode.string else { throw wrong() }
                if let known = object[name] {
                    object[name] = try merge(value, place: place, into: known, path: path + [name])
                } else if isFree {
                    object[name] = .string(value.string ?? "")
                } else {
                    let keyLine = place.hasPrefix("--set") ? place : "\(place):\(keyNode.mark?.line ?? 1)"
                    throw ConfigurationError.unknownKey(
                        place: keyLine, key: (path + [name]).joined(separator: "."),
                        nearest: moved[(path + [name]).joined(separator: ".")]
                            ?? NearestKey.find(name, in: object.keys.sorted()))
                }
            }
            return .object(object)
        case (.integer, .scalar) where node.float?.isFinite == false,
            (.real, .scalar) where node.float?.isFinite == false:
            throw ConfigurationError.wrongKind(
                place: line, key: key, expected: "a finite number", found: describe(node))
        case (.bool, .scalar):
            guard let value = node.bool else { throw wrong() }
            return .bool(value)
        case (.integer, .scalar):
            if let value = node.int { return .integer(value) }
            guard let value = node.float, !isWhole(path) else { throw wrong() }
            return .real(value)
        case (.real, .scalar):
            guard let value = node.float ?? node.int.map(Double.init) else { throw wrong() }
            return .real(value)
        case (.string, .scalar):
            guard let value = node.string else { throw wrong() }
            return .string(value)
        case (.array(let elements), .sequence(let sequence)):
            return .array(
                try sequence.enumerated().map { index, element in
                    let model = elements.first ?? .string("")
                    return try merge(element, place: place, into: model, path: path + ["\(index)"])
                })
        default: throw wrong()
        }
    }

    /// Where settings of earlier versions are now.
    private static let moved = [
        "teacher": "construct.teacher", "collaborate.ranker": "collaborate.rewardRanker",
    ]

    /// Whether a setting is an integer. The tree does not tell: JSON writes a default of 1.0 as 1.
    private static func isWhole(_ path: [String]) -> Bool {
        var value: Any = TaijiConfiguration()
        for name in path {
            guard let child = Mirror(reflecting: value).children.first(where: { $0.label == name }) else {
                return value is [Int]
            }
            value = child.value
        }
        return value is Int
    }

    private static func describe(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): "'\(scalar.string)'"
        case .mapping: "a section of keys"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}
