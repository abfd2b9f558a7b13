public import Foundation
import Pipeline

/// plotly.js, which `make setup` takes from the `plotly` wheel.
public enum PlotlyScript {
    /// Its text, from the first of some `.deps` folders that has it.
    ///
    /// - Throws: `RunError.file` naming the places.
    public static func text(in folders: [URL]) throws -> String {
        let places = folders.map { $0.appending(path: "plotly/plotly.min.js") }
        guard let found = places.first(where: { FileManager.default.isReadableFile(atPath: $0.path) }) else {
            throw RunError.file(
                path: places.map(\.path).joined(separator: ", "), message: "is not there; run `make setup`")
        }
        let text = try String(contentsOf: found, encoding: .utf8)
        guard !text.contains("</script") else {
            throw RunError.file(
                path: found.path, message: "would end the page's script element; run `make setup` again")
        }
        return text
    }
}
