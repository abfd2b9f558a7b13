import ArgumentParser
import Foundation
import Pipeline
import Report
import Workflow

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "All four stages, the evaluation and the experiment on rankers, or what is left of them.",
        discussion: "Example: taiji run --config Configs/demo.yaml --run runs/demo")

    @OptionGroup var options: RunOptions

    func run() throws {
        let started = Date()
        let run = try options.prepare(searches: true)
        print("\n" + (try TaijiRun.perform(run).plainText()))
        let portrait = try UserPortrait(run.directory)
        for id in try portrait.examples(run.configuration.evaluate.shownUsers) {
            print(try portrait.text(of: id))
        }
        let cost = RunCost(since: started, threads: run.configuration.threads)
        let folder = run.directory.url
        try AtomicFile.write(cost, json: folder.appending(path: "run.json"))
        print("\(cost); the tables are in \(folder.appending(path: "summary.md").path)")
    }
}
