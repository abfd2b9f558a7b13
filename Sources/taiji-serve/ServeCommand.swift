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
            With --openai, any OpenAI client can use a model: chat, completions, embeddings, streams.
            taiji serve --openai --run runs/demo --port 8000
            taiji serve --openai --model smollm2 --port 8000
            """)

    @Option(name: .customLong("run"), help: "A finished run's folder.")
    var directory: String?

    @Flag(
        name: .customLong("openai"),
        help: "Serve a language model with OpenAI's interface instead: the run's aligned one, or --model.")
    var isModelServer = false

    @Option(help: "With --openai: a GGUF file, a model folder, or a short name.")
    var model: String?

    @Option(help: "With --openai: the model's name in requests. (default: aligned, or that of --model)")
    var name: String?

    @Option(help: "With --openai: the encoder of /v1/embeddings; empty for none. (default: the run's)")
    var embedder: String?

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

    func validate() throws {
        if isModelServer {
            guard directory != nil || model != nil else {
                throw ValidationError("--openai needs --run with a finished run, or --model")
            }
        } else {
            guard directory != nil else {
                throw ValidationError("--run is missing; expected a finished run's folder")
            }
            guard model == nil, name == nil, embedder == nil else {
                throw ValidationError("--model, --name and --embedder need --openai")
            }
        }
    }

    func run() async throws {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError(
                "--log-level is '\(logLevel)'; expected debug, info, notice, warning or error")
        }
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let token = ProcessInfo.processInfo.environment["TAIJI_TOKEN"]
        let onRunning: @Sendable (String) -> Void = { url in
            print("{\"url\": \"\(url)\"}")
            fflush(nil)
        }
        if isModelServer {
            try await modelServer(token, Logger(label: "taiji")).run(onRunning: onRunning)
        } else if let directory {
            let folder = URL(filePath: directory)
            let server = try RankingServer(
                folder, try configuration(folder), until: try untilTime(folder), token: token,
                logger: Logger(label: "taiji"))
            try await server.run(onRunning: onRunning)
        }
    }

    private func configuration(_ folder: URL) throws -> TaijiConfiguration {
        try RunSettings.read(folder, file: config.map { URL(filePath: $0) }, settings: settings + flags)
    }

    private func modelServer(_ token: String?, _ logger: Logger) throws -> ModelServer {
        let folder = directory.map { URL(filePath: $0) }
        let configuration =
            if let folder {
                try configuration(folder)
            } else {
                try ConfigurationReader.read(config.map { URL(filePath: $0) }, settings: settings + flags)
            }
        let location = try model ?? folder.map { try RunDirectory($0).output(of: Steps.aligned).folder.path }
        let found = location ?? configuration.model
        let encoder = embedder ?? (folder == nil ? "" : configuration.embedder)
        return try ModelServer(
            ModelServer.Model(
                found, name: name ?? model.map { URL(filePath: $0).lastPathComponent } ?? "aligned"),
            embedder: encoder.isEmpty ? nil : encoder, configuration, token: token, logger: logger)
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
