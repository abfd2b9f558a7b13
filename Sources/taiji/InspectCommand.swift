import ArgumentParser
import Foundation
import Pipeline
import Report

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract:
            "One user in full: profile, history, reasoning, answer, truth, rewards, codes, similar user.",
        discussion: "Example: taiji inspect --run runs/demo --user 1901")

    @Option(name: .customLong("run"), help: "The run's folder.")
    var directory: String

    @Option(help: "The user's id in the logs; without it, three users are shown.")
    var user: String?

    func run() throws {
        let portrait = try UserPortrait(RunDirectory(URL(filePath: directory)))
        for id in try user.map({ [$0] }) ?? portrait.examples(3) { print(try portrait.text(of: id)) }
    }
}
