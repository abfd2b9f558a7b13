public import Foundation
public import LanguageModels
public import Pipeline
import Torch
public import TorchNN

/// Supervised fine-tuning on refined reasoning, §2.2.2.
public struct FineTuning {
    private let model: LanguageModel
    private let configuration: ActivateConfiguration
    private let seed: UInt64
    private let group: ProcessGroup

    /// A line of `metrics.jsonl`.
    public struct Metrics: Codable, Sendable, Equatable {
        /// Optimizer steps done, from 1.
        public var step: Int
        /// Eq. (2) of the batch.
        public var loss: Double
        /// Eq. (2) divided by the tokens: mean negative log-likelihood of an output token.
        public var lossPerToken: Double
        /// Norm of the gradient before clipping.
        public var gradientNorm: Double
        /// Rate of the step.
        public var learningRate: Double
    }

    /// How well the model predicts outputs that it was not trained on, before and after.
    public struct Validation: Codable, Sendable, Equatable {
        /// Mean negative log-likelihood of an output token.
        public var before: Double
        /// See `before`.
        public var after: Double
        /// Prompts that were kept out.
        public var prompts: Int
    }

    /// What the loop keeps besides weights and moments.
    private struct State: Codable, Sendable { var validationBefore: Double }

    /// - Parameters:
    ///   - model: the model that is trained, in place.
    ///   - group: processes that share the parts of every batch; each is given the same model and groups.
    public init(
        _ model: LanguageModel, configuration: ActivateConfiguration, seed: UInt64,
        group: ProcessGroup = .alone
    ) {
        self.group = group
        self.model = model
        self.configuration = configuration
        self.seed = seed
    }

    /// Trains on groups that share a prompt and leaves a checkpoint in Hugging Face layout, `metrics.jsonl`
    /// and `validation.json` in `folder`. A folder with a saved state is continued.
    ///
    /// - Throws: `RunError.diverged` when the loss is no number.
    ///
    /// - Parameter lastStep: leave after this step as if the program had been killed; nil trains to the end.
    public func train(
        _ groups: [PackedGroup], into folder: URL, progress: RunProgress, lastStep: Int? = nil
    ) throws {
        let held = min(configuration.validationSamples, groups.count / 4)
        let (training, validation) = (Array(groups.dropLast(held)), Array(groups.suffix(held)))
        let stepsPerEpoch = (training.count + configuration.batchSize - 1) / configuration.batchSize
        let stepCount = stepsPerEpoch * configuration.epochs
        let schedule = LearningRateSchedule(
            peak: configuration.learningRate, warmUpShare: configuration.warmUpShare)
        if let adapters = try LowRankConfiguration(configuration.adapters) {
            try model.decoder.addAdapters(adapters, seed: SeededGenerator(seed: seed, path: -1).state)
        }
        model.decoder.computation = DecoderComputation(
            recomputesActivations: configuration.recomputesActivations,
            productType: configuration.productType == .bfloat16 ? .bfloat16 : nil)
        let parameters = model.decoder.parameters
        let optimizer = try AdamW(parameters, configuration: AdamWConfiguration(), group: group)
        let checkpoint = TrainingCheckpoint<State>(folder, group: group)

        progress.begin("fine-tuning", total: stepCount)
        let restored = try checkpoint.restore(parameters: parameters, optimizer: optimizer)
        let before = try restored?.state.validationBefore ?? lossPerToken(validation)
        var log =
            try group.isFirst
            ? MetricsLog<Metrics>(folder.appending(path: "metrics.jsonl"), keeping: restored?.step ?? 0) : nil
        try parameters.setTrainable(true)
        for step in (restored?.step ?? 0)..<stepCount {
            let batch = batch(training, step: step, stepsPerEpoch: stepsPerEpoch)
            let sampleCount = batch.reduce(0) { $0 + $1.continuations.count }  // N
            var loss = 0.0
            let parts = batch.packed(maximumTokens: configuration.microBatchTokens)
            for (place, part) in parts.enumerated() where group.computes(place) {
                let share = try orftLoss(part, under: model.decoder, sampleCount: sampleCount)  // Eq. (2)
                try share.backward()
                loss += try share.item()
            }
            loss = try group.sum([loss])[0]
            try optimizer.shards.reduceGradients(of: parameters)
            guard loss.isFinite else {
                throw RunError.diverged(loop: "fine-tuning", step: step + 1, value: "\(loss)")
            }
            let rate = schedule.rate(step: step, of: stepCount)
            let norm = try optimizer.step(learningRate: rate)
            guard norm.isFinite else {
                throw RunError.diverged(
                    loop: "fine-tuning", step: step + 1, value: "\(loss) with a gradient of \(norm)")
            }
            let perToken =
                loss * Double(sampleCount) / Double(batch.reduce(0) { $0 + $1.continuationTokenCount })
            try log?.append(
                Metrics(
                    step: step + 1, loss: loss, lossPerToken: perToken, gradientNorm: norm, learningRate: rate
                ))
            if (step + 1) % configuration.checkpointInterval == 0, step + 1 < stepCount {
                try checkpoint.save(
                    step: step + 1, parameters: parameters, optimizer: optimizer,
                    state: State(validationBefore: before))
            }
            progress.update(step + 1, detail: String(format: "loss a token %.3f", perToken))
            if step + 1 == lastStep { return }
        }
        try parameters.setTrainable(false)
        let result = Validation(before: before, after: try lossPerToken(validation), prompts: held)
        try group.meet()
        guard group.isFirst else { return }
        try AtomicFile.write(result, json: folder.appending(path: "validation.json"))
        try model.decoder.mergeAdapters()
        try model.writeCheckpoint(to: folder)
        try checkpoint.removeAll()
        progress.end(
            String(format: "held-out loss a token %.3f → %.3f", result.before, result.after))
    }

    /// The groups of a step: every epoch goes through all of them in an order of its own.
    private func batch(_ groups: [PackedGroup], step: Int, stepsPerEpoch: Int) -> [PackedGroup] {
        var generator = SeededGenerator(seed: seed, path: step / stepsPerEpoch)
        let order = groups.shuffled(using: &generator)
        let start = step % stepsPerEpoch * configuration.batchSize
        return Array(order[start..<min(start + configuration.batchSize, order.count)])
    }

    private func lossPerToken(_ groups: [PackedGroup]) throws -> Double {
        try withoutGrad {
            let tokens = groups.reduce(0) { $0 + $1.continuationTokenCount }
            guard tokens > 0 else { return 0 }
            return try groups.packed(maximumTokens: configuration.microBatchTokens).reduce(0.0) { sum, part in
                try sum - model.decoder.logProbabilities(part).values.sum().item()
            } / Double(tokens)
        }
    }
}

extension PackedGroup {
    var continuationTokenCount: Int { continuations.reduce(0) { $0 + $1.count } }
}
