import ArgumentParser
import ModelEvaluation

struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "The models side by side on users that nothing was trained on (section 3).",
        discussion: "Example: taiji evaluate --config Configs/demo.yaml --run runs/demo")

    @OptionGroup var options: RunOptions

    func run() throws {
        try EvaluationStage.perform(options.prepare())
    }
}
