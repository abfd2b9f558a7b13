import ArgumentParser
import DataConstruction

struct ConstructCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "construct",
        abstract: "Stage 1: users, items, behaviours, prompts and the teacher's reasoning (section 2.1).",
        discussion: "Example: taiji construct --config Configs/demo.yaml --run runs/demo")

    @OptionGroup var options: RunOptions

    func run() throws {
        try DataConstructionStage.perform(options.prepare())
    }
}
