public import LanguageModels
public import Pipeline
import Torch

/// Log-probabilities of several continuations of one prompt, Eq. (1). A token is one of a continuation.
public struct ScoringBenchmark: Benchmark {
    /// See `Benchmark`.
    public let plan: BenchmarkPlan
    private let decoder: Decoder
    private let passes: [PackedGroup]

    /// - Parameters:
    ///   - promptTokens: tokens of the prompt.
    ///   - group: continuations.
    ///   - completionTokens: tokens of each continuation.
    ///   - isSeparate: one forward pass for each continuation, each with the prompt, instead of one for all.
    ///   - seed: of the random token ids.
    /// - Throws: `BenchmarkError.request` for a size below 1.
    public init(
        _ decoder: Decoder, promptTokens: Int, group: Int, completionTokens: Int, isSeparate: Bool,
        seed: UInt64
    ) throws {
        try BenchmarkError.requirePositive([
            "prompt-tokens": promptTokens, "group": group, "completion-tokens": completionTokens,
        ])
        let configuration = decoder.configuration
        let size = configuration.vocabularySize
        let prompt = RandomTokens.sequences(1, of: promptTokens, below: size, seed: seed)[0]
        let completions = RandomTokens.sequences(group, of: completionTokens, below: size, seed: seed &+ 1)
        let whole = [completions]
        passes = try (isSeparate ? completions.map { [$0] } : whole)
            .map { try PackedGroup(prompt: prompt, continuations: $0) }
        self.decoder = decoder
        plan = BenchmarkPlan(
            work: "score", tokensPerStep: group * completionTokens,
            operationsPerStep: Arithmetic(configuration).scoring(
                prompt: promptTokens, group: group, continuation: completionTokens),
            matrixShapes: configuration.matrixShapes)
    }

    /// See `Benchmark`.
    public func step(_ timer: inout PhaseTimer) throws {
        try timer.measure("forward") {
            try withoutGrad {
                for pass in passes { _ = try decoder.logProbabilities(pass).perContinuation() }
            }
        }
    }
}
