import ArgumentParser
import Benchmarks
import CommandOptions
import Foundation
import LanguageModels

struct BenchTokenizingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Encodes a text file line by line on one thread.",
        discussion: """
            Example: taiji-bench tokenize --file README.md --steps 3
            The JSON object has the file's megabytes (10⁶ bytes) and tokens under details.
            """)

    @Option(help: "A file of UTF-8 text.")
    var file: String

    @OptionGroup var options: BenchOptions

    func run() throws {
        try options.engine.prepare()
        guard let bytes = FileManager.default.contents(atPath: file),
            let text = String(data: bytes, encoding: .utf8)
        else { throw ValidationError("\(file): is missing or no UTF-8 text; expected a text file to encode") }
        try options.report(
            TokenizingBenchmark(ModelLocation.tokenizer(of: options.model), text: text))
    }
}
