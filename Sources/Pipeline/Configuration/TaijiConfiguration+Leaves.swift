import Foundation

extension TaijiConfiguration {
    /// The settings below some paths, each as compact JSON by its own path. A list is one setting; so is a
    /// section of free keys.
    ///
    /// - Parameters:
    ///   - paths: dotted paths of settings or sections; an empty one stands for all.
    ///   - excluded: paths of settings or sections to leave out.
    /// - Throws: `ConfigurationError.invalid` for a path that no setting has.
    public func settings(under paths: [String], without excluded: [String] = []) throws -> [String: String] {
        for path in paths + excluded where !path.isEmpty && ConfigurationReference.byPath[path] == nil {
            throw ConfigurationError.invalid(key: path, message: "is not a setting")
        }
        let tree = try JSONValue(encoding: self)
        var found: [String: String] = [:]
        for leaf in ConfigurationReference.shared.entries where !leaf.isSection {
            guard paths.contains(where: leaf.isWithin), !excluded.contains(where: leaf.isWithin) else {
                continue
            }
            found[leaf.path] = try tree.below(leaf.path).compactText()
        }
        return found
    }
}

extension SettingEntry {
    /// Whether it is the setting or section at a path, or below it; an empty path has all below it.
    func isWithin(_ path: String) -> Bool {
        path.isEmpty || self.path == path || self.path.hasPrefix("\(path).")
    }
}

extension JSONValue {
    /// Any value as a tree.
    init(encoding value: some Encodable) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
    }

    fileprivate func below(_ path: String) throws -> JSONValue {
        try path.split(separator: ".").reduce(self) { value, key in
            guard case .object(let fields) = value, let inner = fields[String(key)] else {
                throw ConfigurationError.invalid(key: path, message: "is not a setting")
            }
            return inner
        }
    }

    fileprivate func compactText() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
