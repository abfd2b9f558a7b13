import ArgumentParser
import Benchmarks
import CommandOptions
import LanguageModels
import Pipeline

struct BenchDecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Draws tokens for a batch of sequences; the time of the decode steps alone.",
        discussion: "Example: taiji-bench decode --batch 16 --prompt-tokens 482 --tokens 96 --steps 2")

    @Option(help: "Sequences that are drawn side by side.")
    var batch = 16

    @Option(help: "Sequences that share a prompt; the batch is a multiple of it.")
    var group = 1

    @Option(help: "Tokens of each prompt.")
    var promptTokens = 482

    @Option(help: "New tokens of each sequence.")
    var tokens = 96

    @Option(help: "What weights and activations are rounded to: float32, which is nothing, or int8.")
    var weights = GenerationWeights.float32

    @OptionGroup var options: BenchOptions

    func run() throws {
        let decoder = try options.decoder()
        try options.report(
            DecodeBenchmark(
                weights == .int8 ? decoder.roundedToEightBits() : decoder, batch: batch, group: group,
                promptTokens: promptTokens, tokens: tokens,
                seed: options.seed))
    }
}
