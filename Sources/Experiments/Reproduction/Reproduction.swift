import Evaluation
import Foundation
public import Pipeline

/// The paper's tables on public data: every arm once a seed, tables over the pooled test users, paired intervals.
public struct Reproduction {
    private let configuration: TaijiConfiguration
    private let run: RunDirectory
    let seeds: [SeedRuns]
    let bootstrap: Bootstrap

    /// - Parameter run: gets `seed-…/`, a file a table, and `results.md` with all of them.
    public init(in run: RunDirectory, _ configuration: TaijiConfiguration, progress: RunProgress) {
        self.run = run
        self.configuration = configuration
        seeds = configuration.experiment.seeds.map {
            SeedRuns(configuration, seed: $0, folder: run.folder("seed-\($0)"), progress: progress)
        }
        bootstrap = Bootstrap(
            resampleCount: configuration.evaluate.replicates,
            seed: SeededGenerator(seed: UInt64(configuration.seed), path: 6).state)
    }

    /// Makes tables, or what is left of them, and writes those that this and earlier calls made.
    ///
    /// - Returns: the new tables as plain text.
    public func perform(_ wanted: [PaperTable]) throws -> String {
        var printed = ""
        for table in wanted {
            let section = try section(table)
            try AtomicFile.write(
                Data(section.markdown.utf8), to: run.url.appending(path: "\(table.rawValue).md"))
            printed += section.plainText + "\n"
        }
        let parts = try PaperTable.allCases.compactMap { table -> String? in
            let file = run.url.appending(path: "\(table.rawValue).md")
            guard FileManager.default.fileExists(atPath: file.path) else { return nil }
            return try String(contentsOf: file, encoding: .utf8)
        }
        try AtomicFile.write(
            Data(("# The paper's tables on public data\n\n" + parts.joined(separator: "\n")).utf8),
            to: run.url.appending(path: "results.md"))
        return printed
    }

    private func section(_ table: PaperTable) throws -> ResultSection {
        switch table {
        case .table1: try answersSection()
        case .table2: try auctionSection()
        case .table3: try activationSection()
        case .table4: try alignmentSection()
        case .sweep: try sweepSection()
        case .figure2: try reasoningSection()
        }
    }

    /// A row of every seed.
    func pooled(_ arm: ReproductionArm) throws -> PooledAnswers {
        PooledAnswers(name: arm.name, seeds: try seeds.map { try $0.scored(arm) })
    }

    /// The rows that cost no language model.
    func pooledFreeRows() throws -> [PooledAnswers] {
        let rows = try seeds.map { try $0.freeRows() }
        return rows[0].indices.map { place in
            PooledAnswers(name: rows[0][place].name, seeds: rows.map { $0[place] })
        }
    }

    /// Columns of the tables of answers.
    var metrics: [AnswerMetric] { AnswerMetric.table(configuration.evaluate.hitRateDepths) }
    /// Weights of the sweep.
    var sweptWeights: [Double] { configuration.experiment.fixedWeights }
}

/// Tables and sentences under one heading.
struct ResultSection {
    let title: String
    var tables: [TextTable] = []
    var notes: [String] = []

    var markdown: String {
        "## \(title)\n\n" + tables.map(\.markdown).joined(separator: "\n")
            + notes.map { "\n- \($0)" }.joined() + "\n"
    }

    var plainText: String {
        "\(title)\n\n" + tables.map(\.plainText).joined(separator: "\n")
            + notes.map { "\n- \($0)" }.joined() + "\n"
    }
}
