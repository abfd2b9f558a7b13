import ArgumentParser
import Benchmarks
import Pipeline

struct BenchTrainingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sft",
        abstract: "A step of fine-tuning: forward, backward and AdamW on packed sequences.",
        discussion: "Example: taiji-bench sft --batch 2 --tokens 512 --steps 3")

    @Option(help: "Sequences of a step.")
    var batch = 2

    @Option(help: "Tokens of each sequence.")
    var tokens = 512

    @Option(help: "Most tokens of a part of the batch that is computed together (activate.microBatchTokens).")
    var microBatchTokens = ActivateConfiguration().microBatchTokens

    @OptionGroup var options: BenchOptions

    func run() throws {
        try options.report(
            TrainingBenchmark(
                options.decoder(), batch: batch, tokens: tokens, microBatchTokens: microBatchTokens,
                seed: options.seed))
    }
}
