public import Foundation

/// Where a model named on the command line or in a configuration lies.
public enum ModelLocation: Sendable, Equatable {
    /// One GGUF file.
    case gguf(URL)
    /// A folder in Hugging Face layout.
    case folder(URL)

    /// Resolves a GGUF file, a Hugging Face folder, or a short name (`smollm2`, `minilm`) of a model that
    /// `make setup` fetched into `.deps/models`.
    ///
    /// - Throws: `LanguageModelError.file` that says what was tried.
    public static func resolve(_ name: String) throws -> ModelLocation {
        let candidates = [URL(filePath: name)] + modelFolders.map { $0.appending(path: name) }
        for url in candidates {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { continue }
            guard isFolder.boolValue else { return .gguf(url) }
            let files = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
            if files.contains(where: { $0.lastPathComponent == "config.json" }) { return .folder(url) }
            let models = files.filter { $0.pathExtension == "gguf" }.sorted { $0.path < $1.path }
            if let model = models.first { return .gguf(model) }
        }
        throw LanguageModelError.file(
            path: name,
            message:
                "is no GGUF file, no model folder and no fetched model; expected a path, or smollm2 or minilm after"
                + " `make setup` (looked in \(modelFolders.map(\.path).joined(separator: ", ")))")
    }

    /// Folders that hold fetched models: below the working folder, and beside the build that this program
    /// came from.
    private static var modelFolders: [URL] {
        let program = URL(filePath: CommandLine.arguments.first ?? "taiji").resolvingSymlinksInPath()
        var folders = [URL(filePath: FileManager.default.currentDirectoryPath)]
        var parent = program.deletingLastPathComponent()
        while parent.path != "/", folders.count < 8 {
            folders.append(parent)
            parent = parent.deletingLastPathComponent()
        }
        var seen = Set<String>()
        return folders.map { $0.appending(path: ".deps/models") }
            .filter {
                FileManager.default.fileExists(atPath: $0.path)
                    && seen.insert($0.standardizedFileURL.path).inserted
            }
    }
}
