public import Foundation
import Pipeline

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
        let fetched = FetchedFiles.places("models/\(name)")
        for url in [URL(filePath: name)] + fetched {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder) else { continue }
            guard isFolder.boolValue else { return .gguf(url) }
            let files = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
            let marks = ["config.json", AdapterFolder.configurationFile]
            if files.contains(where: { marks.contains($0.lastPathComponent) }) { return .folder(url) }
            let models = files.filter { $0.pathExtension == "gguf" }.sorted { $0.path < $1.path }
            if let model = models.first { return .gguf(model) }
        }
        throw LanguageModelError.file(
            path: name,
            message:
                "is no GGUF file, no model folder and no fetched model; expected a path, or smollm2 or minilm after"
                + " `make setup` (looked for \(fetched.map(\.path).joined(separator: ", ")))")
    }
}
