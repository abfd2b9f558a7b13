import Foundation
import Pipeline

extension SourceConfiguration {
    /// What the name of a data set begins with that `make setup` fetched.
    private static let fetchedPrefix = "fetched:"

    /// The folder of the source's files: a script's own folder, or the working folder, where none is set; for
    /// `fetched:NAME` that of data that `make setup` fetched.
    ///
    /// - Throws: `DataConstructionError.missingSource` where the fetched data are not there.
    func resolvedFolder() throws -> URL {
        guard folder.hasPrefix(Self.fetchedPrefix) else {
            if !folder.isEmpty { return URL(filePath: folder) }
            return script.isEmpty
                ? URL(filePath: FileManager.default.currentDirectoryPath)
                : URL(filePath: script).deletingLastPathComponent()
        }
        let fetched = "data/" + folder.dropFirst(Self.fetchedPrefix.count)
        guard let found = FetchedFiles.find(fetched) else {
            throw DataConstructionError.missingSource(
                path: FetchedFiles.places(fetched).first?.path ?? fetched)
        }
        return found
    }
}
