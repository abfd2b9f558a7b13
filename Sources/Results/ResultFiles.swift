import Foundation
public import Pipeline

/// The results of a run, or of a reproduction, for a reader and for a program, beside each other in its
/// folder.
public struct ResultFiles: Sendable {
    private let folder: URL

    /// The results in a run's folder.
    public init(_ run: RunDirectory) { folder = run.url }

    /// The sections of tables and figures, which `taiji report` reads.
    public var sections: JSONFile<[ResultSection]> { .init(folder, "results.json") }

    /// Writes the sections as JSON and as Markdown.
    ///
    /// - Parameter markdown: name of the Markdown file.
    public func write(_ sections: [ResultSection], title: String, markdown: String) throws {
        try self.sections.write(sections)
        let text = "# \(title)\n\n" + sections.map(\.markdown).joined(separator: "\n")
        try AtomicFile.write(Data(text.utf8), to: folder.appending(path: markdown))
    }
}
