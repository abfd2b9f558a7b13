import ArgumentParser
import Foundation
import Logging
import Pipeline
import RankingServer

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve a run: rankings over HTTP, with features that a language model keeps fresh.",
        discussion: """
            Example: taiji serve --run runs/demo --port 8080
            The first line of the output is {"url": "http://127.0.0.1:8080"}; a page for people is at that
                address,
            the interface at /openapi.json. Settings are those of `serve:` in the run's configuration.
            A process that others reach needs a token in the environment variable TAIJI_TOKEN.
            """)

    @Option(name: .customLong("run"), help: "A finished run's folder.")
    var directory: String

    @Option(help: "A YAML configuration, in place of the run's own.")
    var config: String?

    @Option(name: .customLong("set"), help: "A setting that overrides the file, such as serve.rankThreads=2.")
    var settings: [String] = []

    @Option(help: "The port; 0 takes a free one. The same as --set serve.port=….")
    var port: Int?

    @Option(help: "sqlite://PATH or redis://HOST:PORT/NUMBER. The same as --set serve.store=….")
    var store: String?

    @Option(help: "all, rank or reason. The same as --set serve.role=….")
    var role: String?

    @Option(help: "Leave out logs from a window on, as if it had not begun: rankerTraining or test.")
    var until: String?

    @Option(name: .customLong("log-level"), help: "debug, info, notice, warning or error.")
    var logLevel = "notice"

    func run() async throws {
        let folder = URL(filePath: directory)
        let configuration = try RunSettings.read(
            folder, file: config.map { URL(filePath: $0) }, settings: settings + flags)
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError(
                "--log-level is '\(logLevel)'; expected debug, info, notice, warning or error")
        }
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let server = try RankingServer(
            folder, configuration, until: try untilTime(folder),
            token: ProcessInfo.processInfo.environment["TAIJI_TOKEN"], logger: Logger(label: "taiji"))
        try await server.run { url in
            print("{\"url\": \"\(url)\"}")
            fflush(nil)
        }
    }

    private var flags: [String] {
        [
            port.map { "serve.port=\($0)" }, store.map { "serve.store=\($0)" },
            role.map { "serve.role=\($0)" },
        ].compactMap { $0 }
    }

    private func untilTime(_ folder: URL) throws -> Int64? {
        guard let until else { return nil }
        let windows = try RunDirectory(folder).output(of: Steps.tables).summary.read().windows
        switch until {
        case "rankerTraining": return windows.rankerTraining
        case "test": return windows.test
        default: throw ValidationError("--until is '\(until)'; expected rankerTraining or test")
        }
    }
}
