public import Evaluation

/// A table of results as aligned plain text or Markdown.
public struct TextTable: Sendable, Equatable, Codable {
    /// Where the text of a column stands.
    public enum Alignment: String, Sendable, Codable {
        case left, right
    }

    /// Line above the table; none if nil.
    public var title: String?
    /// Names of the columns.
    public private(set) var columns: [String]
    /// Cells, row by row.
    public private(set) var rows: [[String]] = []
    private var alignments: [Alignment]

    /// A table without rows: the first column is left-aligned, the others, figures as a rule, are
    /// right-aligned.
    public init(title: String? = nil, columns: [String], alignments: [Alignment]? = nil) {
        self.title = title
        self.columns = columns
        self.alignments = alignments ?? columns.indices.map { $0 == 0 ? .left : .right }
    }

    /// Adds a row; missing cells are blank.
    /// - Throws: `EvaluationError.count` if it has more cells than there are columns.
    public mutating func append(_ row: [String]) throws(EvaluationError) {
        guard row.count <= columns.count else {
            throw .count(of: "cells of a table row", expected: columns.count, found: row.count)
        }
        rows.append(row + [String](repeating: "", count: columns.count - row.count))
    }

    /// Columns two spaces apart under a rule.
    public var plainText: String {
        let cells = ([columns] + rows).map { $0.map(collapsingWhitespace) }
        let widths = self.widths(of: cells)
        let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
        var lines = cells.map { trailingBlanksRemoved(padded($0, widths).joined(separator: "  ")) }
        lines.insert(rule, at: 1)
        return ((title.map { [$0] } ?? []) + lines).joined(separator: "\n") + "\n"
    }

    /// A GitHub-flavoured Markdown table; vertical bars in cells are escaped.
    public var markdown: String {
        let cells = ([columns] + rows).map { row in
            row.map { collapsingWhitespace($0).replacing("|", with: "\\|") }
        }
        let widths = self.widths(of: cells).map { max($0, 3) }
        let rule = widths.indices.map { column in
            let dashes = String(repeating: "-", count: widths[column] - 1)
            return alignment(column) == .left ? dashes + "-" : dashes + ":"
        }
        var lines = cells.map { padded($0, widths) }
        lines.insert(rule, at: 1)
        let heading = title.map { "**\($0)**\n\n" } ?? ""
        return heading + lines.map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }

    private func alignment(_ column: Int) -> Alignment {
        column < alignments.count ? alignments[column] : .right
    }

    private func widths(of cells: [[String]]) -> [Int] {
        columns.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    }

    private func padded(_ row: [String], _ widths: [Int]) -> [String] {
        row.indices.map { column in
            let blanks = String(repeating: " ", count: widths[column] - row[column].count)
            return alignment(column) == .left ? row[column] + blanks : blanks + row[column]
        }
    }
}

private func trailingBlanksRemoved(_ line: String) -> String {
    var line = line[...]
    while line.last == " " { line.removeLast() }
    return String(line)
}
