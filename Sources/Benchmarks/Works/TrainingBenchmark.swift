public import LanguageModels
public import Pipeline
import ReasoningActivation
import TorchNN

/// The step of stage 2's fine-tuning on packed sequences: forward, backward, fused AdamW with clipping. A
/// token is one of a sequence.
public struct TrainingBenchmark: Benchmark {
    /// See `Benchmark`.
    public let plan: BenchmarkPlan
    private let training: FineTuningStep
    private let batch: [PackedGroup]

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
        let shape = decoder.configuration
        self.batch = try RandomTokens.sequences(batch, of: tokens, below: shape.vocabularySize, seed: seed)
            .map { try PackedGroup(prompt: Array($0.prefix(1)), continuations: [Array($0.dropFirst())]) }
        var configuration = ActivateConfiguration()
        configuration.microBatchTokens = microBatchTokens
        training = try FineTuningStep(decoder, configuration, seed: seed)
        try decoder.parameters.setTrainable(true)
        plan = BenchmarkPlan(
            work: "sft", tokensPerStep: batch * tokens,
            operationsPerStep: Double(batch) * Arithmetic(shape).training(tokens: tokens),
            matrixShapes: shape.matrixShapes)
    }

    /// See `Benchmark`.
    public func step(_ timer: inout PhaseTimer) throws {
        _ = try training.perform(batch, learningRate: 1e-5, index: 0, timer: &timer)
    }
}
