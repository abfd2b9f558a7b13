import ArgumentParser
import Benchmarks

struct BenchPrefillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prefill",
        abstract: "Fills the cache for a batch of prompts and scores the token after each.",
        discussion: "Example: taiji-bench prefill --batch 16 --prompt-tokens 482 --steps 3")

    @Option(help: "Prompts, all different.")
    var batch = 16

    @Option(help: "Tokens of each prompt.")
    var promptTokens = 482

    @OptionGroup var options: BenchOptions

    func run() throws {
        try options.report(
            PrefillBenchmark(
                options.decoder(), batch: batch, promptTokens: promptTokens, seed: options.seed))
    }
}
