import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The files of a relation, in the order of their names.
enum SourceFileList {
    /// Resolves names, globs and folders; URLs stay as they are. In a folder, files whose name begins with a
    /// dot or an underscore are markers and checksums, not data.
    ///
    /// - Parameters:
    ///   - patterns: as the configuration has them.
    ///   - folder: what relative ones begin from; the working folder if empty.
    ///   - setting: what an error names.
    /// - Throws: `DataConstructionError.missingFiles` for a pattern without a file.
    static func expand(_ patterns: [String], in folder: String, setting: String) throws -> [String] {
        try patterns.flatMap { pattern in
            if pattern.contains("://") { return [pattern] }
            let path =
                pattern.hasPrefix("/") || folder.isEmpty
                ? pattern : URL(filePath: folder).appending(path: pattern).path
            let found = matches(path).flatMap(files).sorted()
            guard !found.isEmpty else {
                throw DataConstructionError.missingFiles(path: path, setting: setting)
            }
            return found
        }
    }

    private static func matches(_ path: String) -> [String] {
        if FileManager.default.fileExists(atPath: path) { return [path] }
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(path, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { found.gl_pathv[$0].map { String(cString: $0) } }
    }

    /// The file itself, or the data files of a folder.
    private static func files(_ path: String) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return [] }
        guard isFolder.boolValue else { return [path] }
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? []
        return names.filter { name in
            !name.split(separator: "/").contains { $0.hasPrefix(".") || $0.hasPrefix("_") }
        }.map { "\(path)/\($0)" }.filter { file in
            FileManager.default.fileExists(atPath: file, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
