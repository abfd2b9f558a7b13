import ArgumentParser
import Foundation
import Pipeline
import RankingServer

struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Play a run's test window against a service, and say what fresh features are worth.",
        discussion: """
            Example: taiji serve --run runs/demo --until test --port 8080 --store sqlite://replay.sqlite
                     taiji replay --run runs/demo --url http://127.0.0.1:8080
            Behaviours are sent in their order, and each visit of the A/B simulation asks for a ranking
                once the \
            user's features have seen what came before. Lifts are over features frozen at the window's
                start; a \
            placebo ranks with the newest features of another user.
            """)

    @Option(name: .customLong("run"), help: "The run that the service serves.")
    var directory: String

    @Option(help: "A YAML configuration, in place of the run's own.")
    var config: String?

    @Option(name: .customLong("set"), help: "A setting that overrides the file.")
    var settings: [String] = []

    @Option(help: "The service's address; a token is read from TAIJI_TOKEN.")
    var url: String

    @Option(help: "Only so many of the earliest visits.")
    var visits: Int?

    @Option(help: "How long a ranking waits for the user's features, in seconds.")
    var wait = 120.0

    @Option(help: "Play so many times as fast as it was, and wait for no features.")
    var speedUp: Double?

    @Option(help: "A file for the result as JSON.")
    var output: String?

    func validate() throws {
        guard wait > 0, speedUp ?? 1 > 0, visits ?? 1 > 0 else {
            throw ValidationError("--wait, --speed-up and --visits are positive numbers")
        }
    }

    func run() async throws {
        let folder = URL(filePath: directory)
        let configuration = try RunSettings.read(
            folder, file: config.map { URL(filePath: $0) }, settings: settings)
        let client = try ServiceClient(
            url, token: ProcessInfo.processInfo.environment["TAIJI_TOKEN"])
        let replay = try Replay(
            folder, configuration, client, speedUp.map { .speedUp($0) } ?? .waiting(seconds: wait),
            visits: visits, progress: RunProgress())
        let result = try await replay.perform()
        print(try ReplayTable.text(result))
        if let output { try AtomicFile.write(result, json: URL(filePath: output)) }
    }
}
