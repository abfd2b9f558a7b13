import ArgumentParser
import Collaboration

struct CollaborateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collaborate",
        abstract: "Stage 3: the simulation environment and POPO (section 2.3).",
        discussion: "Example: taiji collaborate --config Configs/demo.yaml --run runs/demo",
        aliases: ["rl"])

    @OptionGroup var options: RunOptions

    func run() throws {
        let (run, configuration, progress) = try options.prepare()
        try CollaborationStage.perform(in: run, configuration, progress: progress)
    }
}
