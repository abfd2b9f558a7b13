import DuckDB
import Foundation
import Pipeline

extension SourceConfiguration {
    /// The folder of the source's files; a script's own folder where none is set.
    ///
    /// - Throws: `DataConstructionError.missingSource` where the fetched data are not there.
    func resolvedFolder() throws -> URL {
        if !folder.isEmpty { return URL(filePath: folder) }
        if !script.isEmpty { return URL(filePath: script).deletingLastPathComponent() }
        let folders = DuckDBProgram.fetchedFolders.map { $0.appending(path: "data/completejourney") }
        guard let found = folders.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
            throw DataConstructionError.missingSource(
                path: folders.first?.path ?? "the fetched data's folder")
        }
        return found
    }
}
