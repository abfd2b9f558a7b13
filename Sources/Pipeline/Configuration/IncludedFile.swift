import Foundation
import Yams

/// A configuration file, with the files that it begins from.
struct IncludedFile {
    private static let key = "include"
    /// Settings that are paths.
    private static let paths = [["construct", "source", "folder"], ["construct", "source", "script"]]

    let path: String
    /// Files that include this one, the outermost first.
    private var outer: [String] = []

    init(path: String) { self.path = path }

    /// The files that this one begins from, as it names them.
    ///
    /// - Throws: `ConfigurationError.wrongKind` for anything but a name or a list of names.
    func included(by node: Node) throws -> [String] {
        guard case .mapping(let mapping) = node, let value = mapping[Node(Self.key)] else { return [] }
        if let name = value.string { return [name] }
        guard let names = value.sequence?.map(\.string), !names.contains(nil) else {
            throw ConfigurationError.wrongKind(
                place: "\(path):\(value.mark?.line ?? 1)", key: Self.key,
                expected: "a list of configuration files", found: "something else")
        }
        return names.compactMap(\.self)
    }

    /// A file that this one includes.
    ///
    /// - Throws: `ConfigurationError.unreadable` for a file that includes itself.
    func including(_ name: String) throws -> IncludedFile {
        var inner = IncludedFile(path: place(of: name))
        inner.outer = outer + [path]
        guard !inner.outer.contains(inner.path) else {
            throw ConfigurationError.unreadable(
                file: path, reason: "it includes \(inner.path), which includes it again")
        }
        return inner
    }

    /// Where a file lies: beside this one, or among the configurations that come with the program.
    private func place(of name: String) -> String {
        let beside = relative(name)
        guard !FileManager.default.fileExists(atPath: beside) else { return beside }
        let shipped = FetchedFiles.places(name, below: "Configs")
        return shipped.first { FileManager.default.fileExists(atPath: $0.path) }?.path ?? beside
    }

    /// The file's own settings, whose paths begin from the working folder.
    func own(of node: Node) -> Node {
        guard case .mapping(let mapping) = node else { return node }
        let pairs = mapping.filter { $0.key.string != Self.key }.map { ($0.key, $0.value) }
        var own = Node.mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
        for keys in Self.paths { own = resolved(own, keys[...]) }
        return own
    }

    private func resolved(_ node: Node, _ keys: ArraySlice<String>) -> Node {
        guard let key = keys.first else {
            guard case .scalar(var scalar) = node, !scalar.string.isEmpty else { return node }
            scalar.string = relative(scalar.string)
            return .scalar(scalar)
        }
        guard case .mapping(let mapping) = node else { return node }
        let pairs = mapping.map {
            ($0.key, $0.key.string == key ? resolved($0.value, keys.dropFirst()) : $0.value)
        }
        return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
    }

    /// A path that is relative to the file, from the working folder; names such as `fetched:…` stay.
    private func relative(_ name: String) -> String {
        guard !name.hasPrefix("/"), !name.contains(":") else { return name }
        let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        return folder.isEmpty ? name : folder.joined(separator: "/") + "/" + name
    }
}
