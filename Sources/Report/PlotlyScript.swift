import Foundation
import Pipeline

/// plotly.js, which `make setup` takes from the `plotly` wheel.
public enum PlotlyScript {
    /// Its text.
    ///
    /// - Throws: `RunError.file` naming the places.
    public static func text() throws -> String {
        let path = "plotly/plotly.min.js"
        guard let found = FetchedFiles.find(path) else {
            throw RunError.file(
                path: FetchedFiles.places(path).map(\.path).joined(separator: ", "),
                message: "is not there; run `make setup`")
        }
        let text = try String(contentsOf: found, encoding: .utf8)
        guard !text.contains("</script") else {
            throw RunError.file(
                path: found.path, message: "would end the page's script element; run `make setup` again")
        }
        return text
    }
}
