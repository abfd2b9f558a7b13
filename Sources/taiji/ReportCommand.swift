import ArgumentParser
import Foundation
import Report

struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "A run, or a reproduction of the paper's tables, as one HTML file that needs no network.",
        discussion: """
            Example: taiji report --run runs/demo
            Writes report.html into the run's folder: results with their intervals, lineage, loss curves, perplexities and
            threshold, rewards and weights, the front, use of the code book, and every user to look at. Of a run that is not
            finished, what there is.
            """)

    @Option(name: .customLong("run"), help: "The run's folder.")
    var directory: String

    @Option(help: "The file to write; without it, report.html in the run's folder.")
    var output: String?

    func run() throws {
        let folder = URL(filePath: directory)
        let file = output.map { URL(filePath: $0) } ?? folder.appending(path: "report.html")
        let plotly = try PlotlyScript.text()
        let bytes = try RunReport(folder).write(to: file, plotly: plotly)
        print(String(format: "%.1f MB in %@", Double(bytes) / 1e6, file.path))
    }
}
