import ArgumentParser

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a run: rankings over HTTP, with features that a language model keeps fresh.",
        discussion: "Example: taiji serve --run runs/demo --port 8080 (`taiji serve --help` shows all flags)")

    @Argument(parsing: .captureForPassthrough, help: "Flags of the service.")
    var arguments: [String] = []

    func run() throws { try ServiceProgram.become("serve", arguments) }
}
