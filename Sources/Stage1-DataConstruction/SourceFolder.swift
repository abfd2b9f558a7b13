import Foundation
import Pipeline

extension SourceConfiguration {
    /// The folder of the source's files; a script's own folder where none is set.
    ///
    /// - Throws: `DataConstructionError.missingSource` where the fetched data are not there.
    func resolvedFolder() throws -> URL {
        if !folder.isEmpty { return URL(filePath: folder) }
        if !script.isEmpty { return URL(filePath: script).deletingLastPathComponent() }
        let fetched = "data/completejourney"
        guard let found = FetchedFiles.find(fetched) else {
            throw DataConstructionError.missingSource(
                path: FetchedFiles.places(fetched).first?.path ?? fetched)
        }
        return found
    }
}
