import Evaluation
import Foundation
import Pipeline

/// Results for a reader and for a program, beside each other in a run's folder.
extension ResultFiles {
    /// Writes the sections as JSON, which `taiji report` reads, and as Markdown.
    static func write(
        _ sections: [ResultSection], title: String, json: String, markdown: String, to run: RunDirectory
    ) throws {
        try AtomicFile.write(sections, json: run.url.appending(path: json))
        let text = "# \(title)\n\n" + sections.map(\.markdown).joined(separator: "\n")
        try AtomicFile.write(Data(text.utf8), to: run.url.appending(path: markdown))
    }
}
