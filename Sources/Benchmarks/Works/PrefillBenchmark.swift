public import LanguageModels
public import Pipeline

/// Fills the cache for a batch of prompts and scores the token after each. A token is one of a prompt.
public struct PrefillBenchmark: Benchmark {
    /// See `Benchmark`.
    public let plan: BenchmarkPlan
    private let generator: Generator
    private let prompts: [[Int32]]

    /// - Parameters:
    ///   - batch: prompts, all different.
    ///   - promptTokens: tokens of each.
    ///   - seed: of the random token ids.
    /// - Throws: `BenchmarkError.request` for a size below 1.
    public init(_ decoder: Decoder, batch: Int, promptTokens: Int, seed: UInt64) throws {
        try BenchmarkError.requirePositive(["batch": batch, "prompt-tokens": promptTokens])
        let configuration = decoder.configuration
        generator = Generator(decoder, stopTokens: [])
        prompts = RandomTokens.sequences(
            batch, of: promptTokens, below: configuration.vocabularySize, seed: seed)
        plan = BenchmarkPlan(
            work: "prefill", tokensPerStep: batch * promptTokens,
            operationsPerStep: Double(batch)
                * Arithmetic(configuration).forward(tokens: promptTokens, scored: 1),
            matrixShapes: configuration.matrixShapes)
    }

    /// See `Benchmark`.
    public func step(_ timer: inout PhaseTimer) throws {
        try timer.measure("prefill") {
            _ = try generator.generate(
                prompts, keys: Array(prompts.indices), groupSize: 1, seed: 0,
                configuration: SamplingConfiguration(maximumTokens: 1))
        }
    }
}
