import Foundation

extension TaijiConfiguration {
    /// The settings below some paths, each as compact JSON by its own path; a list, or a section of free
    /// keys, is one setting.
    ///
    /// - Parameters:
    ///   - paths: dotted paths of settings or sections; an empty one stands for all.
    ///   - excluded: paths of settings or sections to leave out.
    /// - Throws: `ConfigurationError.invalid` for a path that no setting has.
    public func settings(under paths: [String], without excluded: [String] = []) throws -> [String: String] {
        let tree = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(self))
        var found: [String: String] = [:]
        for path in paths {
            try tree.below(path).collectLeaves(path) { leaf, value in
                let isExcluded = excluded.contains { leaf == $0 || leaf.hasPrefix("\($0).") }
                if !isExcluded { found[leaf] = try value.compactText() }
            }
        }
        return found
    }
}

extension JSONValue {
    fileprivate func below(_ path: String) throws -> JSONValue {
        try path.split(separator: ".").reduce(self) { value, key in
            guard case .object(let fields) = value, let inner = fields[String(key)] else {
                throw ConfigurationError.invalid(key: path, message: "is not a setting")
            }
            return inner
        }
    }

    fileprivate func collectLeaves(_ path: String, _ body: (String, JSONValue) throws -> Void) rethrows {
        // A section of free keys is empty by default, and one setting as a whole.
        guard case .object(let fields) = self, !Self.freeSections.contains(path) else {
            return try body(path, self)
        }
        for (key, value) in fields {
            try value.collectLeaves(path.isEmpty ? key : "\(path).\(key)", body)
        }
    }

    private static let freeSections: Set = ["features.numeric", "features.multiValued"]

    fileprivate func compactText() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}
