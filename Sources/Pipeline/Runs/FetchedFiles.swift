public import Foundation

/// What `make setup` fetched and `make install` puts beside the program: DuckDB, models, data, plotly.js.
public enum FetchedFiles {
    /// Places where a fetched file may be, nearest first: below the working folder, then below each folder
    /// above the program.
    ///
    /// - Parameters:
    ///   - path: such as `models/smollm2`.
    ///   - name: the folder that has it, such as `.deps` or `Configs`.
    public static func places(_ path: String, below name: String = ".deps") -> [URL] {
        var folders = [URL(filePath: FileManager.default.currentDirectoryPath)]
        // Not argv[0], which says nothing of where a program found by PATH lies.
        var parent = (Bundle.main.executableURL ?? URL(filePath: ".")).resolvingSymlinksInPath()
        for _ in 0..<7 where parent.path != "/" {
            parent = parent.deletingLastPathComponent()
            folders.append(parent)
        }
        var seen = Set<String>()
        return folders.map { $0.appending(path: name).appending(path: path) }
            .filter { seen.insert($0.standardizedFileURL.path).inserted }
    }

    /// The first place that has the file or folder.
    public static func find(_ path: String) -> URL? {
        places(path).first { FileManager.default.fileExists(atPath: $0.path) }
    }
}
