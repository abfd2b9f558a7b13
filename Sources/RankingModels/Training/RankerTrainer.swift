public import Foundation
public import Pipeline
import Torch
import TorchNN

/// Trains an ESMM ranker on impressions.
public struct RankerTrainer {
    /// Fields that tell what the user did over all history, which a plain ranker does not read.
    public static let longHistoryFields = UserState.historyNames

    private let data: RankingData
    private let configuration: RankerConfiguration
    private let correction: SamplingCorrection
    private let schema: FeatureConfiguration
    private let calibrates: Bool
    private let seed: UInt64

    /// - Parameters:
    ///   - samplingRate: share of the impressions without conversion that was kept, in (0, 1].
    ///   - schema: which columns are numbers or lists, and which are left out.
    ///   - calibrates: whether the logits are scaled at the end to fit the impressions that were kept out
    ///     (Platt); without such impressions, nothing is scaled.
    ///   - seed: of the initial weights, of the order of the impressions and of what is dropped.
    public init(
        _ data: RankingData, configuration: RankerConfiguration, samplingRate: Double,
        schema: FeatureConfiguration = .init(), calibrates: Bool = false, seed: UInt64
    ) {
        self.data = data
        self.configuration = configuration
        correction = SamplingCorrection(rate: samplingRate)
        self.schema = schema
        self.calibrates = calibrates
        self.seed = seed
    }

    /// The samples of impressions, for `train`.
    ///
    /// - Parameters:
    ///   - title: of the training, for the error of no impressions.
    ///   - folder: where samples are kept that are too many for memory; the file has no name and goes with
    ///     the samples.
    /// - Throws: `RankingModelError` for no impressions, or some that do not fit the data; what the source
    ///   throws.
    public func samples(
        _ source: some ImpressionSource, title: String,
        spillingTo folder: URL = FileManager.default.temporaryDirectory
    ) throws -> RankerSamples {
        try RankerSamples(
            source, data, schema: schema, configuration, title: title, spillingTo: folder)
    }

    /// Trains on impressions in memory; see the other `train`.
    public func train(
        _ impressions: [Impression], enhanced: EnhancedFeatures = .none, title: String, progress: RunProgress,
        metrics: (RankerMetrics) throws -> Void = { _ in }
    ) throws -> Ranker {
        try train(
            samples(ImpressionList(impressions), title: title), enhanced: enhanced, title: title,
            progress: progress, metrics: metrics)
    }

    /// Trains on samples with optional feature groups.
    ///
    /// The next batch is prepared while one trains, a step moves only the embedding rows that its batch
    /// touches, and a bounded number of samples is in memory.
    ///
    /// - Parameters:
    ///   - seed: nil for the trainer's own.
    ///   - metrics: called after each step, for `metrics.jsonl`; what it throws ends the training.
    /// - Throws: `RankingModelError`, or `RunError.diverged` when the loss is no number.
    public func train(
        _ samples: RankerSamples, enhanced: EnhancedFeatures = .none, seed: UInt64? = nil, title: String,
        progress: RunProgress, metrics: (RankerMetrics) throws -> Void = { _ in }
    ) throws -> Ranker {
        try onOneThread {
            let loop = try loop(samples, enhanced: enhanced, seed: seed, title: title)
            let ranker = loop.ranker
            var watch = samples.validation.count == 0 ? nil : RankerWatch(ranker, samples.validation)
            progress.begin(title, total: loop.stepCount)
            var recent = RunningMean()
            var note = ""
            for epoch in 0..<configuration.epochs {
                var last: RankerMetrics?
                try loop.run(epoch) { line in
                    if let last { try metrics(last) }
                    last = line
                    recent.add(line.loss)
                    progress.update(line.step, detail: String(format: "loss %.4f", recent.value))
                }
                let loss = try watch?.look(epoch: epoch)
                if var last {
                    last.validationLoss = loss
                    try metrics(last)
                }
                if let watch, watch.stopping.isOver(patience: configuration.patience) { break }
            }
            if let watch {
                try watch.restore()
                if calibrates { try withoutGrad { try ranker.calibrate(samples.validation) } }
                note = String(
                    format: ", validation loss %.4f after epoch %d", -(watch.stopping.best ?? .nan),
                    watch.stopping.bestStep + 1)
            }
            progress.end(
                String(format: "%d impressions, last loss %.4f%@", samples.count, recent.value, note))
            return ranker
        }
    }

    /// The epochs of `train` one by one, with fresh weights.
    ///
    /// - Throws: `RankingModelError` for feature groups that do not fit the samples.
    public func loop(
        _ samples: RankerSamples, enhanced: EnhancedFeatures = .none, seed: UInt64? = nil, title: String
    ) throws -> RankerLoop {
        try enhanced.check(against: samples)
        let seed = seed ?? self.seed
        return try onOneThread {
            try RankerLoop(
                untrainedRanker(samples.builder, enhanced: enhanced, seed: seed), samples.training,
                configuration, seed: seed, title: title)
        }
    }

    private func untrainedRanker(
        _ builder: FeatureBuilder, enhanced: EnhancedFeatures, seed: UInt64
    ) throws -> Ranker {
        let (fields, rowCount) = (builder.fields, builder.vocabulary.rowCount)
        let shape = ESMM.Shape(
            rowCount: rowCount, fieldCount: fields.count, network: configuration.network,
            historyLength: configuration.historyLength, codesPerUser: enhanced.codesPerUser,
            codeCount: enhanced.codeCount, similarLength: enhanced.longestSequence,
            listCount: fields.listNames.isEmpty ? nil : fields.listNames.count,
            crossCount: enhanced.crossCount == 0 ? nil : enhanced.crossCount,
            crossesCodes: enhanced.crossesCodes ? true : nil)
        return try Ranker(
            ESMM(shape, seed: SeededGenerator(seed: seed, path: 0).state), builder, correction: correction,
            enhanced: enhanced)
    }
}

/// An exponential mean of the loss, for display.
private struct RunningMean {
    private(set) var value = 0.0
    private var isEmpty = true

    mutating func add(_ next: Double) {
        value = isEmpty ? next : 0.98 * value + 0.02 * next
        isEmpty = false
    }
}
