import ArgumentParser
import Foundation
import Pipeline

struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a run: rankings over HTTP, with features that a language model keeps fresh.",
        discussion: "Example: taiji serve --run runs/demo --port 8080 (`taiji serve --help` shows all flags)")

    @Argument(parsing: .captureForPassthrough, help: "Flags of the service.")
    var arguments: [String] = []

    func run() throws { try ServiceProgram.become("serve", arguments) }
}

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

/// The program with the server packages, which stands beside this one.
private enum ServiceProgram {
    /// Takes this process's place, so that signals reach it.
    ///
    /// - Throws: `ValidationError` where it is not built.
    static func become(_ command: String, _ arguments: [String]) throws {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let program = own.deletingLastPathComponent().appending(path: "taiji-serve")
        guard FileManager.default.isExecutableFile(atPath: program.path) else {
            throw ValidationError(
                "\(program.path) is missing; build it with `make serve`, or with "
                    + "`swift build -c release --product taiji-serve`")
        }
        let all = [program.path, command] + arguments
        var pointers = all.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        pointers.append(nil)
        execv(program.path, pointers)
        throw ValidationError("\(program.path) cannot be started (\(String(cString: strerror(errno))))")
    }
}
