import ArgumentParser
import DataConstruction
import Foundation
import Pipeline

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reads your logs and says what a run would find in them; needs no model.",
        discussion: """
            Examples:
              taiji check --config my.yaml
              taiji check --config my.yaml --json
            Every fault is named with file, row, column, value and what mends it. The exit status is 1 for \
            faults that would stop or spoil a run, and 0 otherwise.
            """)

    @Option(help: "A YAML configuration whose construct.source maps the files.")
    var config: String?

    @Option(name: .customLong("set"), help: "A setting that overrides the file, such as seed=8.")
    var settings: [String] = []

    @Flag(help: "Print counts and faults as one JSON object.")
    var json = false

    func run() throws {
        let configuration = try ConfigurationReader.read(
            config.map { URL(filePath: $0) }, settings: settings)
        let report = try SourceCheck(
            configuration.construct, seed: configuration.seed, threads: configuration.threads
        ).report()
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            print(String(decoding: try encoder.encode(report), as: UTF8.self))
        } else {
            print(SourceReportText(report).text, terminator: "")
        }
        if report.hasErrors { throw ExitCode.failure }
    }
}
