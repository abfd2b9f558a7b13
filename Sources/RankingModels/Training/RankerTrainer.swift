import Foundation
public import Pipeline
import Torch
import TorchNN

/// Trains an ESMM ranker on impressions.
public struct RankerTrainer {
    private let data: RankingData
    private let configuration: RankerConfiguration
    private let correction: SamplingCorrection
    private let schema: FeatureConfiguration
    private let calibrates: Bool
    private let seed: UInt64

    /// - Parameters:
    ///   - samplingRate: share of the impressions without conversion that was kept, in (0, 1].
    ///   - schema: which columns are numbers or lists, and which are left out.
    ///   - calibrates: whether the logits are scaled at the end to fit the impressions that were kept out (Platt); without such
    ///     impressions, nothing is scaled.
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

    /// Trains on impressions with optional feature groups.
    ///
    /// The next batch is prepared while one trains, and a step moves only the embedding rows that its batch touches.
    ///
    /// - Parameter metrics: called after each step, for `metrics.jsonl`; what it throws ends the training.
    /// - Throws: `RankingModelError`, or `RunError.diverged` when the loss is no number.
    public func train(
        _ impressions: [Impression], enhanced: EnhancedFeatures = .none, title: String, progress: RunProgress,
        metrics: (RankerMetrics) throws -> Void = { _ in }
    ) throws -> Ranker {
        try onOneThread {
            let parts = split(impressions)
            let loop = try loop(parts.training, enhanced: enhanced, title: title)
            let ranker = loop.ranker
            var watch = parts.validation.isEmpty ? nil : try RankerWatch(ranker, parts.validation)
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
                if let watch, watch.epochsWithoutGain >= configuration.patience { break }
            }
            if let watch {
                try watch.restore()
                if calibrates { try withoutGrad { try ranker.calibrate(watch.rows, watch.labels) } }
                note = String(
                    format: ", validation loss %.4f after epoch %d", watch.best, watch.bestEpoch + 1)
            }
            progress.end(
                String(format: "%d impressions, last loss %.4f%@", parts.training.count, recent.value, note))
            return ranker
        }
    }

    /// The epochs of `train` one by one, with fresh weights.
    ///
    /// - Throws: `RankingModelError` for impressions or feature groups that do not fit the data.
    public func loop(
        _ impressions: [Impression], enhanced: EnhancedFeatures = .none, title: String
    ) throws -> RankerLoop {
        guard !impressions.isEmpty else { throw RankingModelError.noImpressions(title: title) }
        let rows = impressions.map(RankingRow.init)
        try enhanced.check(against: rows)
        return try onOneThread {
            try RankerLoop(
                untrainedRanker(rows, enhanced: enhanced), rows, labels: RankerLabels(impressions),
                configuration, seed: seed, title: title)
        }
    }

    /// The latest impressions are kept out to stop by.
    private func split(_ impressions: [Impression]) -> (training: [Impression], validation: [Impression]) {
        let count = Int(Double(impressions.count) * configuration.validationShare)
        guard count > 0, count < impressions.count else { return (impressions, []) }
        let order = impressions.indices.sorted { (impressions[$0].time, $0) < (impressions[$1].time, $1) }
        let late = Set(order.suffix(count))
        return (
            impressions.indices.filter { !late.contains($0) }.map { impressions[$0] },
            impressions.indices.filter(late.contains).map { impressions[$0] }
        )
    }

    private func untrainedRanker(_ rows: [RankingRow], enhanced: EnhancedFeatures) throws -> Ranker {
        let fields = try FeatureFields(data, schema)
        let vocabulary = try FeatureVocabulary(
            data, fields: fields, trainingRows: rows, historyLength: configuration.historyLength,
            minimumCount: configuration.network.minimumCount)
        let shape = ESMM.Shape(
            rowCount: vocabulary.rowCount, fieldCount: fields.count, network: configuration.network,
            historyLength: configuration.historyLength, codesPerUser: enhanced.codesPerUser,
            codeCount: enhanced.codeCount, similarLength: enhanced.similarSequences.map(\.count).max() ?? 0,
            listCount: fields.listNames.isEmpty ? nil : fields.listNames.count)
        return try Ranker(
            ESMM(shape, seed: SeededGenerator(seed: seed, path: 0).state),
            FeatureBuilder(data, vocabulary: vocabulary, fields: fields), correction: correction,
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
