import Catalogue
import Evaluation
import Foundation
public import Pipeline
import Results

/// The paper's tables on public data: every arm once a seed, tables over the pooled test users, paired
/// intervals.
public struct Reproduction {
    private let configuration: TaijiConfiguration
    private let run: RunDirectory
    let seeds: [SeedRuns]
    let bootstrap: Bootstrap

    /// - Parameter run: gets `seed-…/`, a file a table, and `results.md` and `results.json` with all of them.
    public init(in run: RunDirectory, _ configuration: TaijiConfiguration, progress: RunProgress) {
        self.run = run
        self.configuration = configuration
        seeds = configuration.experiment.seeds.map {
            SeedRuns(
                configuration, seed: $0, folder: run.url.appending(path: "seed-\($0)"), progress: progress)
        }
        bootstrap = Bootstrap(
            resampleCount: configuration.evaluate.replicates,
            seed: configuration.stream(.tablesBootstrap).state)
    }

    /// "1 seed", "3 seeds".
    static func counted(_ seeds: [some Any]) -> String {
        seeds.count == 1 ? "1 seed" : "\(seeds.count) seeds"
    }

    /// Makes tables, or what is left of them, and writes those that this and earlier calls made.
    ///
    /// - Returns: the new tables as plain text.
    /// - Throws: `ConfigurationError` for an arm whose settings are out of range, before any work.
    public func perform(_ wanted: [PaperTable]) throws -> String {
        for arm in ReproductionArm.all(fixedWeights: sweptWeights) {
            try arm.configuration(configuration).validate()
        }
        var printed = ""
        for table in wanted {
            let section = try section(table)
            try AtomicFile.write(section, json: file(table))
            printed += section.plainText + "\n"
        }
        let sections = try PaperTable.allCases.map(file).filter {
            FileManager.default.fileExists(atPath: $0.path)
        }
        .map { try AtomicFile.read(ResultSection.self, json: $0) }
        try ResultFiles(run).write(
            sections, title: "The paper's tables on public data", markdown: "results.md")
        return printed
    }

    private func file(_ table: PaperTable) -> URL { run.url.appending(path: "\(table.rawValue).json") }

    private func section(_ table: PaperTable) throws -> ResultSection {
        switch table {
        case .table1: try answersSection()
        case .table2: try auctionSection()
        case .table3: try activationSection()
        case .table4: try alignmentSection()
        case .sweep: try sweepSection()
        case .figure2: try reasoningSection()
        case .variations: try variationsSection()
        }
    }

    /// A row of every seed.
    func pooled(_ arm: ReproductionArm) throws -> PooledAnswers {
        PooledAnswers(name: arm.name, seeds: try seeds.map { try $0.scored(arm) })
    }

    /// A row of the first seed alone.
    func first(_ arm: ReproductionArm) throws -> PooledAnswers {
        PooledAnswers(name: arm.name, seeds: [try seeds[0].scored(arm)])
    }

    /// The heuristic baselines, which cost no language model.
    func pooledHeuristics() throws -> [PooledAnswers] {
        let rows = try seeds.map { try $0.heuristicRows() }
        return rows[0].indices.map { place in
            PooledAnswers(name: rows[0][place].name, seeds: rows.map { $0[place] })
        }
    }

    /// Columns of the tables of answers: all but levels of the categories that no target has.
    func metrics(of rows: [PooledAnswers]) -> [AnswerMetric] {
        AnswerMetric.table(configuration.evaluate.hitRateDepths).filter { metric in
            rows.allSatisfy { !$0.values(metric).isEmpty }
        }
    }
    /// Weights of the sweep.
    var sweptWeights: [Double] { configuration.experiment.fixedWeights }
}
