import ArgumentParser
import CommandOptions
import DuckDB
import Foundation
import Pipeline
import Ranking
import RankingModels

struct RankFileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rank-file",
        abstract: "Score an impression file from disk with a run's enhanced ranker.",
        discussion: """
            Example: taiji rank-file --run runs/demo --impressions candidates.csv --output scored.csv
            The file (Parquet, CSV or JSON lines) has the columns user, item (the logs' own ids) and time \
            (a timestamp, or seconds since 1970), and may have those of the run's context, such as a
                position. \
            The result has its columns and ctr, cvr and ctcvr.
            """)

    enum Which: String, ExpressibleByArgument, CaseIterable {
        case enhanced, judge
    }

    @Option(name: .customLong("run"), help: "The run's folder.")
    var directory: String

    @Option(help: "The impressions.")
    var impressions: String

    @Option(help: "The file to write; .parquet or .csv.")
    var output: String

    @Option(help: "enhanced, or judge: the ranker without the new features.")
    var ranker = Which.enhanced

    @OptionGroup var engine: EngineOptions

    func run() throws {
        try engine.prepare()
        let run = try RunDirectory(URL(filePath: directory))
        let tables = try run.output(of: Steps.tables)
        let data = try RankingData(tables)
        let loaded =
            switch ranker {
            case .judge: try Ranker(run.output(of: Steps.judge).folder, data)
            case .enhanced:
                try Ranker(
                    run.output(of: Steps.ranker).folder, data,
                    features: run.output(of: Steps.features).snapshots())
            }
        let count = try ImpressionScoring(loaded, data, tables, threads: engine.threads).score(
            URL(filePath: impressions), to: URL(filePath: output), progress: RunProgress())
        print("\(count) impressions scored in \(output)")
    }
}
