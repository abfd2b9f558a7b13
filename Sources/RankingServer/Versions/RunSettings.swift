public import Foundation
public import Pipeline

/// Where the settings of a service come from.
public enum RunSettings {
    /// The settings that a run was made with, changed by a file's and the command's.
    ///
    /// - Parameters:
    ///   - directory: the run's folder.
    ///   - file: a configuration in place of the run's own.
    ///   - settings: `path=value` each.
    /// - Throws: `ConfigurationError`; `RunError.file` where neither the run nor the command names settings.
    public static func read(_ directory: URL, file: URL?, settings: [String]) throws -> TaijiConfiguration {
        if file == nil, let saved = try RunDirectory(directory).savedSettings() {
            return try ConfigurationReader.read(saved, settings: settings)
        }
        guard let file else {
            throw RunError.file(
                path: directory.path,
                message:
                    "has no settings.yaml, as runs of earlier versions; name the run's configuration with "
                    + "--config"
            )
        }
        return try ConfigurationReader.read(file, settings: settings)
    }
}
