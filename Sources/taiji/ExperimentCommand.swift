import ArgumentParser
import Foundation
import Pipeline
import Reproduction

struct ExperimentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment",
        abstract: "The paper's tables on public data, over several seeds, with paired intervals.",
        discussion: """
            Example: taiji experiment table4 --config Configs/reproduce.yaml --run runs/reproduce
            Without a table, all of them but variations, which changes one thing at a time on the first \
            seed (rate, steps,
            scaling of advantages, mixing, history, prompt). Arms that tables share are run once; killed \
            and started again, it goes on.
            Writes results.md into the run's folder.
            """)

    @Argument(help: "table1, table2, table3, table4, sweep, figure2; none for all of these. Or variations.")
    var tables: [String] = []

    @OptionGroup var options: RunOptions

    func run() throws {
        let started = Date()
        let wanted = try tables.map { name in
            guard let table = PaperTable(rawValue: name) else {
                let known = PaperTable.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("'\(name)' is no table; expected one of \(known)")
            }
            return table
        }
        let run = try options.prepare(searches: true)
        let reproduction = Reproduction(
            in: run.directory, run.configuration, progress: run.progress)
        print(try reproduction.perform(wanted.isEmpty ? PaperTable.standard : wanted))
        print(
            "\(RunCost(since: started, threads: run.configuration.threads)); the tables are in "
                + "\(run.directory.url.path)/results.md"
        )
    }
}
