import ArgumentParser
import DataConstruction
import Foundation
import Pipeline
import Torch
import Workflow

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

    /// What `--json` prints.
    private struct Output: Encodable {
        let counts: SourceCounts
        let faults: [SourceFault]
        let run: RunReport?
        let estimate: RunEstimate?
        /// Why this machine cannot compute on the configuration's device.
        let device: String?
    }

    func run() throws {
        let configuration = try ConfigurationReader.read(
            config.map { URL(filePath: $0) }, settings: settings)
        let report = try SourceCheck(
            configuration.construct, seed: configuration.seed, threads: configuration.threads
        ).report()
        // A check needs no model; without one it cannot say what the run will take.
        var missing = ""
        var estimate: RunEstimate?
        do { estimate = try report.run.map { try RunEstimate(configuration, $0) } } catch {
            missing = "No estimate of time and memory: \(error)\n"
        }
        let device = Device(rawValue: configuration.device.rawValue)?.missing
        if let device {
            missing += "This machine cannot run it on \(configuration.device.rawValue): \(device)\n"
        }
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let output = Output(
                counts: report.counts, faults: report.faults, run: report.run, estimate: estimate,
                device: device)
            print(String(decoding: try encoder.encode(output), as: UTF8.self))
        } else {
            let text = SourceReportText(report, estimate: (estimate?.text ?? "") + missing).text
            print(text, terminator: "")
        }
        if report.hasErrors { throw ExitCode.failure }
    }
}
