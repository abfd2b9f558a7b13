public import Foundation
import Yams

/// Reads a YAML configuration over the defaults, and refuses what no setting has.
public enum ConfigurationReader {
    /// The defaults, changed by a file and then by `--set path=value` settings.
    ///
    /// - Throws: `ConfigurationError` that names the file, line and key.
    public static func read(_ file: URL?, settings: [String] = []) throws -> TaijiConfiguration {
        var tree = try ConfigurationTree()
        if let file {
            let text: String
            do { text = try String(contentsOf: file, encoding: .utf8) } catch {
                throw ConfigurationError.unreadable(file: file.path, reason: error.localizedDescription)
            }
            if let node = try compose(text, place: file.path) {
                try tree.merge(node) { "\(file.path):\($0)" }
            }
        }
        for setting in settings {
            let place = "--set \(setting)"
            let parts = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map(String.init)
            let keys = parts[0].split(separator: ".")
            guard parts.count == 2, !keys.isEmpty else {
                throw ConfigurationError.invalid(key: setting, message: "is no setting; expected path=value")
            }
            let value = try compose(parts[1], place: place) ?? Node("")
            try tree.merge(
                keys.reversed().reduce(value) { Node([(Node(String($1)), $0)]) }
            ) { _ in place }
        }
        return try tree.configuration()
    }

    private static func compose(_ text: String, place: String) throws -> Node? {
        do { return try Yams.compose(yaml: text) } catch {
            throw ConfigurationError.unreadable(file: place, reason: "\(error)")
        }
    }
}
