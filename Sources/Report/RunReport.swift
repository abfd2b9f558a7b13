public import Foundation
import Pipeline
import Results

/// A run, or a reproduction of the paper's tables, as one HTML file that needs no network.
public struct RunReport {
    private let title: String
    private let sections: [ResultSection]
    private let page: PageContent

    /// Reads what is finished; steps that are not are named as such.
    ///
    /// - Parameter url: a run's folder, or that of `taiji experiment`, with `seed-…/main` in it.
    /// - Throws: `RunError.file` when nothing is finished there.
    public init(_ url: URL) throws {
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw RunError.file(
                path: url.path, message: "does not exist; make a run with `taiji run --run DIR`")
        }
        let run = try RunDirectory(url)
        let results = ResultFiles(run).sections
        sections = results.exists ? try results.read() : []
        let seeds = try FileManager.default.contentsOfDirectory(atPath: url.path)
            .filter { $0.hasPrefix("seed-") }.sorted { $0.localizedStandardCompare($1) == .orderedAscending }
        let resultPlots = sections.enumerated().map { ResultPlots.plots($1, prefix: "result-\($0)") }
        if seeds.isEmpty {
            title = "Taiji run \(url.lastPathComponent)"
            page = PageContent(
                results: resultPlots, arms: [],
                runs: [try RunContent(run, name: url.lastPathComponent, prefix: "run-0")])
        } else {
            title = "Taiji: the paper's tables on public data, \(url.lastPathComponent)"
            // A seed that has only begun has nothing to show yet.
            let runs = try seeds.enumerated().compactMap { place, seed -> RunContent? in
                let main = url.appending(path: "\(seed)/main")
                guard FileManager.default.fileExists(atPath: main.path) else { return nil }
                let run = try RunDirectory(main)
                guard try !Lineage.finishedSteps(run).isEmpty else { return nil }
                return try RunContent(run, name: seed, prefix: "run-\(place)")
            }
            guard !runs.isEmpty || !sections.isEmpty else {
                throw RunError.file(path: url.path, message: "has no seed with a finished step yet")
            }
            page = PageContent(results: resultPlots, arms: try Self.armPlots(url, seeds), runs: runs)
        }
    }

    /// Writes the page; it appears when it is whole.
    ///
    /// - Parameter plotly: the text of `plotly.min.js`.
    /// - Returns: its size in bytes.
    public func write(to file: URL, plotly: String) throws -> Int {
        let html = try Page(title: title, sections: sections, content: page, plotly: plotly).html()
        let data = Data(html.utf8)
        try AtomicFile.write(data, to: file)
        return data.count
    }

    /// Rewards and weights of every arm that was aligned, a set of figures a seed.
    private static func armPlots(_ url: URL, _ seeds: [String]) throws -> [Plot] {
        try seeds.enumerated().flatMap { place, seed -> [Plot] in
            let folder = url.appending(path: seed)
            let arms = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().compactMap {
                arm in
                let run = try RunDirectory(folder.appending(path: arm))
                guard let aligned = try run.finished(Steps.aligned) else {
                    return nil as (name: String, metrics: [PolicyMetrics])?
                }
                let metrics = try aligned.metrics.read()
                return (arm == "main" ? "popo" : arm, metrics)
            }
            return arms.count < 2
                ? [] : PolicyPlots.arms("arms-\(place)", arms).map { $0.titled("\($0.title), \(seed)") }
        }
    }
}

/// What the page's script draws.
struct PageContent: Encodable {
    /// Figures of each section of results.
    let results: [[Plot]]
    /// Arms of a reproduction beside each other.
    let arms: [Plot]
    /// The runs to look into.
    let runs: [RunContent]
}
