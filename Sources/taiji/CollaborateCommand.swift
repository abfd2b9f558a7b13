import ArgumentParser
import Collaboration
import TorchNN

struct CollaborateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collaborate",
        abstract: "Stage 3: the simulation environment and POPO (section 2.3).",
        discussion:
            "Example: taiji collaborate --config Configs/demo.yaml --run runs/demo\nSeveral processes share "
            + "the work: mpirun -n 2 taiji collaborate …, with `threads` for one of them.",
        aliases: ["rl"])

    @OptionGroup var options: RunOptions

    func run() throws {
        let group = try ProcessGroup.joined()
        try CollaborationStage.perform(options.prepare(group), group: group)
        try group.leave()
    }
}
