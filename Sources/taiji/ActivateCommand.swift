import ArgumentParser
import ReasoningActivation
import TorchNN

struct ActivateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "Stage 2: rejection sampling by perplexity and fine-tuning (section 2.2).",
        discussion:
            "Example: taiji activate --config Configs/demo.yaml --run runs/demo\nSeveral processes share "
            + "the work: mpirun -n 2 taiji activate …, with `threads` for one of them.",
        aliases: ["sft"])

    @OptionGroup var options: RunOptions

    func run() throws {
        let group = try ProcessGroup.joined()
        try ReasoningActivationStage.perform(options.prepare(group), group: group)
        try group.leave()
    }
}
