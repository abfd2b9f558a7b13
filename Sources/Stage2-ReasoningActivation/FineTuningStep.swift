public import LanguageModels
public import Pipeline
import Torch
public import TorchNN

/// One optimizer step of fine-tuning: Eq. (2) of a batch in parts that bound memory, then AdamW.
public struct FineTuningStep {
    /// Of the trained parameters.
    public let optimizer: AdamW
    private let decoder: Decoder
    private let microBatchTokens: Int
    private let group: ProcessGroup

    /// - Parameters:
    ///   - decoder: is trained in place; gets adapters where the configuration asks for them.
    ///   - seed: of the adapters' initial weights.
    ///   - group: processes that share the parts of every batch.
    public init(
        _ decoder: Decoder, _ configuration: ActivateConfiguration, seed: UInt64, group: ProcessGroup = .alone
    ) throws {
        if let adapters = try LowRankConfiguration(configuration.adapters) {
            try decoder.addAdapters(adapters, seed: SeededGenerator(seed: seed, path: -1).state)
        }
        decoder.computation = DecoderComputation(
            recomputesActivations: configuration.recomputesActivations,
            productType: configuration.productType == .bfloat16 ? .bfloat16 : nil)
        self.decoder = decoder
        self.group = group
        microBatchTokens = configuration.microBatchTokens
        optimizer = try AdamW(decoder.parameters, configuration: AdamWConfiguration(), group: group)
    }

    /// Does one step; the parameters must be trainable.
    ///
    /// - Parameter index: the step, from 0, for the metrics and errors.
    /// - Throws: `RunError.diverged` when the loss or the gradient is NaN or infinite.
    public func perform(
        _ batch: [PackedGroup], learningRate: Double, index: Int
    ) throws -> FineTuningMetrics {
        var timer = PhaseTimer()
        return try perform(batch, learningRate: learningRate, index: index, timer: &timer)
    }

    /// The same with the phases `forward`, `backward` and `update` timed.
    public func perform(
        _ batch: [PackedGroup], learningRate: Double, index: Int, timer: inout PhaseTimer
    ) throws -> FineTuningMetrics {
        let sampleCount = batch.reduce(0) { $0 + $1.continuations.count }  // N
        var loss = 0.0
        for (place, part) in batch.packed(maximumTokens: microBatchTokens).enumerated()
        where group.computes(place) {
            let share = try timer.measure("forward") {
                try orftLoss(part, under: decoder, sampleCount: sampleCount)  // Eq. (2)
            }
            try timer.measure("backward") { try share.backward() }
            loss += try share.item()
        }
        loss = try group.sum([loss])[0]
        guard loss.isFinite else { throw diverged(index, "\(loss)") }
        let norm = try timer.measure("update") {
            try optimizer.shards.reduceGradients(of: decoder.parameters)
            return try optimizer.step(learningRate: learningRate)
        }
        guard norm.isFinite else { throw diverged(index, "\(loss) with a gradient of \(norm)") }
        let tokens = batch.reduce(0) { $0 + $1.continuationTokenCount }
        return FineTuningMetrics(
            step: index + 1, loss: loss, lossPerToken: loss * Double(sampleCount) / Double(tokens),
            gradientNorm: norm, learningRate: learningRate)
    }

    /// Mean negative log-likelihood per output token, in nats; 0 without tokens.
    func lossPerToken(_ groups: [PackedGroup]) throws -> Double {
        try withoutGrad {
            let tokens = groups.reduce(0) { $0 + $1.continuationTokenCount }
            guard tokens > 0 else { return 0 }
            return try groups.packed(maximumTokens: microBatchTokens).reduce(0.0) { sum, part in
                try sum - decoder.logProbabilities(part).values.sum().item()
            } / Double(tokens)
        }
    }

    private func diverged(_ index: Int, _ value: String) -> RunError {
        .diverged(loop: "fine-tuning", step: index + 1, value: value)
    }
}

extension PackedGroup {
    fileprivate var continuationTokenCount: Int { continuations.reduce(0) { $0 + $1.count } }
}
