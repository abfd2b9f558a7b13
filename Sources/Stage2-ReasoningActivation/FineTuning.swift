import Foundation
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

    /// Trains on groups that share a prompt and leaves a checkpoint in Hugging Face layout with metrics and
    /// validation. A folder with a saved state is continued.
    ///
    /// - Parameters:
    ///   - users: user of each group, whose groups stand together and are all trained on or all held out; nil
    ///     where each has its own.
    ///   - lastStep: leave after this step as if the program had been killed; nil trains to the end.
    /// - Throws: `RunError.diverged` when the loss or the gradient is NaN or infinite.
    public func train(
        _ groups: [PackedGroup], users: [Int32]? = nil, into output: TunedModel, progress: RunProgress,
        lastStep: Int? = nil
    ) throws {
        let held = HeldOut.count(
            min(configuration.validationSamples, groups.count / 4),
            of: users ?? groups.indices.map { Int32($0) })
        let (training, validation) = (Array(groups.dropLast(held)), Array(groups.suffix(held)))
        let stepsPerEpoch = (training.count + configuration.batchSize - 1) / configuration.batchSize
        let stepCount = stepsPerEpoch * configuration.epochs
        let schedule = LearningRateSchedule(
            peak: configuration.learningRate, warmUpShare: configuration.warmUpShare)
        let step = try FineTuningStep(model.decoder, configuration, seed: seed, group: group)
        var loop = try ResumableLoop(
            .init(
                title: "fine-tuning", steps: stepCount,
                checkpointInterval: configuration.checkpointInterval, lastStep: lastStep),
            in: output.folder, parameters: model.decoder.parameters, optimizer: step.optimizer, group: group,
            progress: progress
        ) { State(validationBefore: try step.lossPerToken(validation)) }
        var log = try loop.log(output.metrics)
        let end = try loop.run { index, _ in
            let batch = batch(training, step: index, stepsPerEpoch: stepsPerEpoch)
            let rate = schedule.rate(step: index, of: stepCount)
            let metrics = try step.perform(batch, learningRate: rate, index: index)  // Eq. (2)
            try log?.append(metrics)
            return .next(String(format: "loss per token %.3f", metrics.lossPerToken))
        }
        guard end == .finished else { return }
        let result = FineTuningValidation(
            before: loop.state.validationBefore, after: try step.lossPerToken(validation), prompts: held)
        try loop.finish {
            try output.validation.write(result)
            try model.decoder.mergeAdapters()
            try model.writeCheckpoint(to: output.folder)
            return String(format: "held-out loss per token %.3f → %.3f", result.before, result.after)
        }
    }

    /// The groups of a step: every epoch goes through all of them in an order of its own.
    private func batch(_ groups: [PackedGroup], step: Int, stepsPerEpoch: Int) -> [PackedGroup] {
        var generator = SeededGenerator(seed: seed, path: step / stepsPerEpoch)
        let order = groups.shuffled(using: &generator)
        let start = step % stepsPerEpoch * configuration.batchSize
        return Array(order[start..<min(start + configuration.batchSize, order.count)])
    }
}
