import ArgumentParser

/// The program with the server packages; `taiji serve` and `taiji replay` become it.
@main
struct TaijiServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "taiji",
        abstract: "Serve a run, and replay traffic against the service.",
        subcommands: [ServeCommand.self, ReplayCommand.self])
}
