import ArgumentParser
import ReasoningActivation

struct ActivateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "Stage 2: rejection sampling by perplexity and fine-tuning (section 2.2).",
        discussion: "Example: taiji activate --config Configs/demo.yaml --run runs/demo",
        aliases: ["sft"])

    @OptionGroup var options: RunOptions

    func run() throws {
        let (run, configuration, progress) = try options.prepare()
        try ReasoningActivationStage.perform(in: run, configuration, progress: progress)
    }
}
