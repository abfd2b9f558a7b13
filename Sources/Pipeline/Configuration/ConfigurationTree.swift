import Foundation
import Yams

/// A configuration as a tree of values, into which YAML is merged key by key as the settings are declared.
struct ConfigurationTree {
    private var root: JSONValue
    /// File and line, or `--set`, of every setting that was merged, by path.
    private var places: [String: String] = [:]

    /// The defaults.
    init() throws { root = try Self.defaults.get() }

    private static let defaults = Result { try JSONValue(encoding: TaijiConfiguration()) }

    /// Changes what a file or a `--set` names.
    ///
    /// - Parameter place: what an error calls a line.
    /// - Throws: `ConfigurationError` that names the place and the key.
    mutating func merge(_ node: Node, place: @escaping (_ line: Int) -> String) throws {
        guard case .mapping = node else {
            throw ConfigurationError.unreadable(
                file: place(node.mark?.line ?? 1),
                reason: "expected a section of keys, found \(Self.describe(node))")
        }
        var merging = Merging(place: place)
        root = try merging.section(node, into: root, path: "")
        places.merge(merging.places) { _, new in new }
    }

    /// The configuration, all of whose settings are valid.
    ///
    /// - Throws: `ConfigurationError.invalid` naming the first setting that is not, and its place.
    func configuration() throws -> TaijiConfiguration {
        let found = try JSONDecoder().decode(TaijiConfiguration.self, from: JSONEncoder().encode(root))
        do { try found.validate() } catch ConfigurationError.invalid(let key, let message, nil) {
            throw ConfigurationError.invalid(key: key, message: message, place: places[key])
        }
        return found
    }

    fileprivate static func describe(_ node: Node) -> String {
        switch node {
        case .scalar(let scalar): "'\(scalar.string)'"
        case .mapping: "a section of keys"
        case .sequence: "a list"
        case .alias: "an alias"
        }
    }
}

/// One pass over YAML, by the kinds that the settings are declared with.
private struct Merging {
    let place: (_ line: Int) -> String
    var places: [String: String] = [:]

    mutating func section(_ node: Node, into old: JSONValue, path: String) throws -> JSONValue {
        guard case .object(var fields) = old, case .mapping(let mapping) = node else {
            throw wrong(node, path, expected: SettingEntry.Kind.section.words)
        }
        for (keyNode, value) in mapping {
            let name = keyNode.string ?? ""
            let inner = path.isEmpty ? name : "\(path).\(name)"
            guard let known = fields[name], let entry = ConfigurationReference.byPath[inner] else {
                throw unknown(inner, among: fields.keys.sorted(), line(keyNode))
            }
            fields[name] =
                entry.isSection
                ? try section(value, into: known, path: inner) : try setting(value, entry, over: known)
        }
        return .object(fields)
    }

    private mutating func setting(
        _ node: Node, _ entry: SettingEntry, over old: JSONValue
    ) throws -> JSONValue {
        places[entry.path] = line(node)
        if entry.kind == .map { return try map(node, entry, over: old) }
        guard let element = entry.kind.element else {
            return try scalar(node, entry, entry.kind, path: entry.path)
        }
        guard case .sequence(let sequence) = node else {
            throw wrong(node, entry.path, expected: entry.kind.words)
        }
        return .array(
            try sequence.enumerated().map { try scalar($1, entry, element, path: "\(entry.path).\($0)") })
    }

    private func scalar(
        _ node: Node, _ entry: SettingEntry, _ kind: SettingEntry.Kind, path: String
    ) throws -> JSONValue {
        guard case .scalar = node else { throw wrong(node, path, expected: kind.words) }
        switch kind {
        case .wholeNumber: if let value = node.int { return .integer(value) }
        case .number:
            if let value = node.float ?? node.int.map(Double.init) {
                if value.isFinite { return .real(value) }
                throw wrong(node, path, expected: "a finite number")
            }
        case .flag: if let value = node.bool { return .bool(value) }
        case .choice:
            let value = node.string ?? ""
            guard entry.choices.contains(where: { $0.value == value }) else {
                let known = entry.choices.map(\.value).joined(separator: ", ")
                throw ConfigurationError.invalid(
                    key: path, message: "is '\(value)'; expected one of \(known)", place: line(node))
            }
            return .string(value)
        default: if let value = node.string { return .string(value) }
        }
        throw wrong(node, path, expected: kind.words)
    }

    private mutating func map(_ node: Node, _ entry: SettingEntry, over old: JSONValue) throws -> JSONValue {
        guard case .object(var fields) = old, case .mapping(let mapping) = node else {
            throw wrong(node, entry.path, expected: entry.kind.words)
        }
        for (keyNode, value) in mapping {
            let name = keyNode.string ?? ""
            let path = "\(entry.path).\(name)"
            fields[name] = try scalar(value, entry, .text, path: path)
            places[path] = line(value)
        }
        return .object(fields)
    }

    private func unknown(_ path: String, among names: [String], _ place: String) -> ConfigurationError {
        if let now = MovedSettings.now(path) { return .movedKey(place: place, key: path, now: now) }
        let name = path.split(separator: ".").last.map(String.init) ?? ""
        let nearest = NearestKey.find(name, in: names)
        return .unknownKey(place: place, key: path, nearest: nearest)
    }

    private func wrong(_ node: Node, _ path: String, expected: String) -> ConfigurationError {
        .wrongKind(
            place: line(node), key: path, expected: expected, found: ConfigurationTree.describe(node))
    }

    private func line(_ node: Node) -> String { place(node.mark?.line ?? 1) }
}
