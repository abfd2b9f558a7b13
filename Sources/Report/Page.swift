import Foundation
import Pipeline
import Results

/// The HTML file: style, results as tables, content for the script, plotly.js and the script itself.
struct Page {
    let title: String
    let sections: [ResultSection]
    let content: PageContent
    let plotly: String

    func html() throws -> String {
        let (style, script) = (try resource("report.css"), try resource("report.js"))
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(escaped(title))</title>
            <link rel="icon" href="data:,">
            <style>\(style)</style>
            </head>
            <body>
            <a class="skip" href="#main">Skip to the results</a>
            <header>
            <h1>\(escaped(title))</h1>
            <button id="theme" type="button">Dark</button>
            </header>
            <nav aria-label="Sections"><ul>\(links())</ul></nav>
            <main id="main">
            <noscript><p>The figures and the users need JavaScript; the tables do not.</p></noscript>
            \(sections.isEmpty ? noResults : sections.enumerated().map(section).joined())
            <section id="arms" aria-labelledby="arms-title" hidden>
            <h2 id="arms-title">Arms beside each other</h2>
            <div class="plots"></div>
            </section>
            <section id="run" aria-labelledby="run-title">
            <h2 id="run-title">The run, stage by stage</h2>
            <p id="run-choice" hidden><label>Run <select id="run-select"></select></label></p>
            <div id="groups"></div>
            </section>
            <section id="users" aria-labelledby="users-title">
            <h2 id="users-title">Users</h2>
            <form id="user-form">
            <label>Role <select id="user-role"></select></label>
            <label>User <select id="user-select"></select></label>
            <button id="user-previous" type="button">Previous</button>
            <button id="user-next" type="button">Next</button>
            </form>
            <article id="user" aria-live="polite"></article>
            </section>
            </main>
            <script type="application/json" id="content">\(try embeddedJSON())</script>
            <script>\(plotly)</script>
            <script>\(script)</script>
            </body>
            </html>

            """
    }

    private var noResults: String {
        "<p class=\"missing\">There are no results yet: `taiji run`, or `taiji experiment`, writes them at "
            + "its end.</p>"
    }

    private func links() -> String {
        let results = sections.enumerated().map { ("result-\($0)", $1.title) }
        return (results + [("run", "The run, stage by stage"), ("users", "Users")])
            .map { "<li><a href=\"#\($0.0)\">\(escaped($0.1))</a></li>" }.joined()
    }

    private func section(_ place: Int, _ section: ResultSection) -> String {
        let tables = section.tables.map(table).joined()
        let notes = section.notes.map { "<li>\(escaped($0))</li>" }.joined()
        return """
            <section id="result-\(place)" aria-labelledby="result-title-\(place)">
            <h2 id="result-title-\(place)">\(escaped(section.title))</h2>
            \(notes.isEmpty ? "" : "<ul>\(notes)</ul>")
            <div class="plots" data-section="\(place)"></div>
            \(tables)
            </section>

            """
    }

    private func table(_ table: TextTable) -> String {
        let title = escaped(table.title ?? "Table")
        let head = table.columns.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
        let rows = table.rows.map { row in
            let cells = row.enumerated().map { place, cell in
                if place == 0 { return "<th scope=\"row\">\(escaped(cell))</th>" }
                // A sentence, unlike an interval, may go over several lines.
                return "<td\(cell.count > 60 ? " class=\"text\"" : "")>\(escaped(cell))</td>"
            }
            return "<tr>\(cells.joined())</tr>"
        }.joined(separator: "\n")
        return """
            <div class="scroll" role="region" tabindex="0" aria-label="\(title)">
            <table><caption>\(title)</caption><thead><tr>\(head)</tr></thead><tbody>
            \(rows)
            </tbody></table></div>

            """
    }

    /// Texts come from logs and models: nothing in them may end the script element or begin a comment.
    private func embeddedJSON() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(content), as: UTF8.self).replacing("<", with: "\\u003c")
    }

    private func resource(_ name: String) throws -> String {
        guard let url = Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Page") else {
            throw RunError.file(
                path: "Page/\(name)", message: "is not beside the program; build it again with `make build`")
        }
        return try String(contentsOf: url, encoding: .utf8)
    }
}

/// Text as HTML has it, in elements and in quoted attributes.
func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
        .replacing("\"", with: "&quot;")
}
