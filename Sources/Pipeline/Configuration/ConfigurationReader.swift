public import Foundation
import Yams

/// Reads a YAML configuration over the defaults, and refuses what no setting has.
public enum ConfigurationReader {
    /// The defaults, changed by a file and then by `--set path=value` settings.
    ///
    /// A file may begin from others: `include: [sources/mind.yaml]`, by paths relative to it or to the
    /// `Configs`
    /// that come with the program. Its folders and
    /// scripts are relative to it too; those of `--set` to the working folder.
    ///
    /// - Throws: `ConfigurationError` that names the file, line and key.
    public static func read(_ file: URL?, settings: [String] = []) throws -> TaijiConfiguration {
        var tree = try ConfigurationTree()
        if let file {
            try merge(IncludedFile(path: file.relativePath), into: &tree)
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

    private static func merge(_ file: IncludedFile, into tree: inout ConfigurationTree) throws {
        let text: String
        do { text = try String(contentsOf: URL(filePath: file.path), encoding: .utf8) } catch {
            throw ConfigurationError.unreadable(file: file.path, reason: error.localizedDescription)
        }
        guard let node = try compose(text, place: file.path) else { return }
        for path in try file.included(by: node) { try merge(file.including(path), into: &tree) }
        try tree.merge(file.own(of: node)) { "\(file.path):\($0)" }
    }

    private static func compose(_ text: String, place: String) throws -> Node? {
        do { return try Yams.compose(yaml: text) } catch {
            throw ConfigurationError.unreadable(file: place, reason: "\(error)")
        }
    }
}
