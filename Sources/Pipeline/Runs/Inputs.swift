import Foundation

extension [String: String] {
    /// These inputs of a step with one more.
    public func adding(_ name: String, _ digest: String) -> [String: String] {
        merging([name: digest]) { _, new in new }
    }

    /// These inputs with the feature schema, where the configuration has one: without one, a run that an earlier version began
    /// goes on.
    public func adding(_ features: FeatureConfiguration) throws -> [String: String] {
        features == .init() ? self : adding("configuration 'features'", try Fingerprint.of(features))
    }
}

extension Fingerprint {
    /// Digest of settings of which some came later than others.
    ///
    /// - Parameter later: such settings by path (`codes.quantizer`), with the value that means what was before them. At that value
    ///   they do not count, so a run that an earlier version began goes on.
    public static func of(_ settings: some Encodable, later: [String: JSONValue]) throws -> String {
        let tree = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(settings))
        return try of(later.reduce(tree) { $0.without($1.key.split(separator: "."), at: $1.value) })
    }
}

extension JSONValue {
    /// The value without the one at a path, if that is `value`.
    fileprivate func without(_ path: [Substring], at value: JSONValue) -> JSONValue {
        guard case .object(var fields) = self, let first = path.first, let inner = fields[String(first)]
        else {
            return self
        }
        fields[String(first)] =
            path.count > 1 ? inner.without(Array(path.dropFirst()), at: value) : inner == value ? nil : inner
        return .object(fields)
    }
}
