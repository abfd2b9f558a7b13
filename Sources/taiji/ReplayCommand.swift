import ArgumentParser

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Play a run's test window against a service, and say what fresh features are worth.",
        discussion:
            "Example: taiji replay --run runs/demo --url http://127.0.0.1:8080 (`taiji replay --help` shows "
            + "all flags)"
    )

    @Argument(parsing: .captureForPassthrough, help: "Flags of the replay.")
    var arguments: [String] = []

    func run() throws { try ServiceProgram.become("replay", arguments) }
}
