public import LanguageModels
public import Pipeline
import Torch
import TorchNN

/// One step of supervised fine-tuning on packed sequences: forward, backward, fused AdamW with clipping. A token
/// is one of a sequence.
public struct TrainingBenchmark: Benchmark {
    /// See `Benchmark`.
    public let plan: BenchmarkPlan
    private let decoder: Decoder
    private let optimizer: AdamW
    private let parts: [PackedBatch]
    private let sequenceCount: Int
    private let learningRate = 1e-5

    /// - Parameters:
    ///   - decoder: is trained in place.
    ///   - batch: sequences of a step.
    ///   - tokens: tokens of each, at least 2, of which all but the first are predicted.
    ///   - microBatchTokens: most tokens of a part that is computed together.
    ///   - seed: of the random token ids.
    /// - Throws: `BenchmarkError.request` for a size that is too small.
    public init(
        _ decoder: Decoder, batch: Int, tokens: Int,
        microBatchTokens: Int = ActivateConfiguration().microBatchTokens, seed: UInt64
    ) throws {
        try BenchmarkError.requirePositive(["batch": batch, "tokens - 1": tokens - 1])
        let configuration = decoder.configuration
        self.decoder = decoder
        sequenceCount = batch
        parts = try RandomTokens.sequences(batch, of: tokens, below: configuration.vocabularySize, seed: seed)
            .map { try PackedGroup(prompt: Array($0.prefix(1)), continuations: [Array($0.dropFirst())]) }
            .packed(maximumTokens: microBatchTokens)
        optimizer = try AdamW(decoder.parameters, configuration: AdamWConfiguration())
        try decoder.parameters.setTrainable(true)
        plan = BenchmarkPlan(
            work: "sft", tokensPerStep: batch * tokens,
            operationsPerStep: Double(batch) * Arithmetic(configuration).training(tokens: tokens),
            matrixShapes: configuration.matrixShapes)
    }

    /// See `Benchmark`.
    public func step(_ timer: inout PhaseTimer) throws {
        let scored = plan.tokensPerStep - sequenceCount
        for part in parts {
            let tokens = part.counts.joined().reduce(0, +)
            let factors = [Float](repeating: -1 / Float(scored), count: tokens)
            let loss = try timer.measure("forward") {
                try decoder.weightedLogProbability(part, factors: factors).sum
            }
            try timer.measure("backward") { try loss.backward() }
        }
        try timer.measure("update") { _ = try optimizer.step(learningRate: learningRate) }
    }
}
