import ArgumentParser
import Benchmarks
import CommandOptions
import Foundation
import LanguageModels
import Pipeline
import Torch

/// The benchmarks: one subcommand per work.
@main
struct TaijiBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "taiji-bench",
        abstract: "How fast this machine does a piece of work, and how near that is to its limit.",
        discussion: """
            Example: taiji-bench prefill --model smollm2 --batch 16 --prompt-tokens 482
            Prints one JSON object: tokensPerSecond, secondsPerStep (the median, in total and by phase), \
            peakResidentGiB,
            matmulGFLOPS (the rate of matrix products in this process) and fractionOfLimit (the arithmetic \
            that the work needs,
            each shared prompt once, at that rate, over the time taken). Inputs are random token ids.
            """,
        subcommands: [
            BenchPrefillCommand.self, BenchDecodeCommand.self, BenchTrainingCommand.self,
            BenchPolicyCommand.self,
            BenchScoringCommand.self, BenchTokenizingCommand.self, BenchRankCommand.self,
            BenchQuantizingCommand.self, BenchRetrievalCommand.self, BenchLiveCommand.self,
            BenchFeaturesCommand.self,
        ])
}

/// Flags that every benchmark has.
struct BenchOptions: ParsableArguments {
    @Option(help: "A GGUF file, a model folder, or smollm2.")
    var model = "smollm2"

    @Option(help: "Steps before the timed ones.")
    var warmup = 1

    @Option(help: "Timed steps; the median counts.")
    var steps = 5

    @Option(help: "Seed of the random token ids.")
    var seed: UInt64 = 7

    @Option(help: "Element type of matrix products, as in activate.productType and collaborate.productType.")
    var productType = ProductType.float32

    @OptionGroup var engine: EngineOptions

    /// The decoder, with libtorch prepared for it.
    func decoder() throws -> Decoder {
        try engine.prepare()
        let decoder = try LanguageModel(model).decoder
        decoder.computation.productType = productType == .bfloat16 ? .bfloat16 : nil
        return decoder
    }

    /// Runs the work and prints its report.
    func report(_ work: some Benchmark) throws {
        var work = work
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var line = try encoder.encode(work.measured(warmUp: warmup, steps: steps))
        line.append(UInt8(ascii: "\n"))
        try FileHandle.standardOutput.write(contentsOf: line)
    }
}
