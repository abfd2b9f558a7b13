import ArgumentParser
import Experiments
import Pipeline

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "All four stages and the evaluation, or what is left of them.",
        discussion: "Example: taiji run --config Configs/demo.yaml --run runs/demo")

    @OptionGroup var options: RunOptions

    func run() throws {
        let (run, configuration, progress) = try options.prepare()
        let summary = try TaijiRun.perform(in: run, configuration, progress: progress)
        print("\n" + (try summary.plainText()))
        let portrait = try UserPortrait(run)
        for id in try portrait.examples(configuration.evaluate.shownUsers) { print(try portrait.text(of: id)) }
    }
}
