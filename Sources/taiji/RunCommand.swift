import ArgumentParser
import Experiments
import Foundation
import Pipeline

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "All four stages and the evaluation, or what is left of them.",
        discussion: "Example: taiji run --config Configs/demo.yaml --run runs/demo")

    @OptionGroup var options: RunOptions

    func run() throws {
        let started = Date()
        let (run, configuration, progress) = try options.prepare()
        let summary = try TaijiRun.perform(in: run, configuration, progress: progress)
        print("\n" + (try summary.plainText()))
        let portrait = try UserPortrait(run)
        for id in try portrait.examples(configuration.evaluate.shownUsers) {
            print(try portrait.text(of: id))
        }
        let cost = RunCost(since: started, threads: configuration.threads)
        try AtomicFile.write(cost, json: run.url.appending(path: "run.json"))
        print("\(cost); the tables are in \(run.url.appending(path: "summary.md").path)")
    }
}
