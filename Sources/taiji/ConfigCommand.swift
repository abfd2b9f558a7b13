import ArgumentParser
import Foundation
import Pipeline

struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Every setting: default, unit, range, section of the paper, and what changing it does.",
        discussion: """
            Examples:
              taiji config > my.yaml
              taiji config --explain collaborate.klCoefficient
              taiji config --config Configs/demo.yaml --set seed=8
            Without options, all defaults as a commented YAML file, which --config reads.
            With --config or --set, the values in effect; changed ones name their default.
            """)

    @Option(help: "A YAML configuration whose values are shown.")
    var config: String?

    @Option(name: .customLong("set"), help: "A setting that overrides the file, such as seed=8.")
    var settings: [String] = []

    @Option(help: "Explain one setting, or all settings of a section, by its path.")
    var explain: String?

    @Flag(help: "Write the reference as Markdown: Docs/Configuration.md.")
    var markdown = false

    func validate() throws {
        let shown = [config != nil || !settings.isEmpty, explain != nil, markdown].count { $0 }
        guard shown <= 1 else {
            throw ValidationError("--explain and --markdown show defaults; give one of them, alone.")
        }
    }

    func run() throws {
        let reference = ConfigurationReference()
        if let explain {
            print(try reference.explanation(of: explain), terminator: "")
        } else if markdown {
            print(reference.markdown, terminator: "")
        } else {
            let effective = try ConfigurationReader.read(
                config.map { URL(filePath: $0) }, settings: settings)
            print(try reference.yaml(effective), terminator: "")
        }
    }
}
