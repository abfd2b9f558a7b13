import Foundation
import TestSupport

/// The package's files as text, for tests about how the code is written.
enum SourceTree {
    /// A file: where it is below the package's folder, and its text.
    struct File {
        let path: String
        let text: String

        private static let accessLevels: Set<Substring> = [
            "public", "package", "internal", "fileprivate", "private",
        ]
        private static let importKinds: Set<Substring> = [
            "struct", "class", "enum", "protocol", "func", "var", "let", "typealias",
        ]

        var name: String { (path as NSString).lastPathComponent }
        /// The second part of the path: `Torch` for `Sources/Torch/Tensor.swift`.
        var moduleFolder: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
        var lineCount: Int { text.count { $0 == "\n" } }

        /// The modules it imports.
        var imports: [String] {
            text.split(separator: "\n").compactMap { line in
                let words = line.split(whereSeparator: \.isWhitespace)
                guard let keyword = words.firstIndex(of: "import") else { return nil }
                let isImport = words[..<keyword].allSatisfy {
                    $0.hasPrefix("@") || Self.accessLevels.contains($0)
                }
                let name = words[(keyword + 1)...].first { !Self.importKinds.contains($0) }
                return isImport ? name.map { String($0.prefix { $0 != "." }) } : nil
            }
        }
    }

    /// The text of one file, by its path below the package's folder.
    static func text(_ path: String) throws -> String {
        try String(contentsOf: PackageFolder.root.appending(path: path), encoding: .utf8)
    }

    /// Whether a file or folder is there, by its path below the package's folder.
    static func holds(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: PackageFolder.root.appending(path: path).path)
    }

    /// Every Swift file below a folder, by path.
    static func swiftFiles(below folder: String) throws -> [File] {
        try FileManager.default.subpathsOfDirectory(atPath: PackageFolder.root.appending(path: folder).path)
            .filter { $0.hasSuffix(".swift") }
            .sorted()
            .map { File(path: "\(folder)/\($0)", text: try text("\(folder)/\($0)")) }
    }
}
