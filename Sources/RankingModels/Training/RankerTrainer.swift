import Foundation
public import Pipeline
import Torch
import TorchNN

/// Trains an ESMM ranker on impressions.
public struct RankerTrainer {
    private let data: RankingData
    private let configuration: RankerConfiguration
    private let network: ESMMConfiguration
    private let correction: SamplingCorrection
    private let seed: UInt64

    /// - Parameters:
    ///   - network: sizes of the network.
    ///   - samplingRate: share of the impressions without conversion that was kept, in (0, 1].
    ///   - seed: of the initial weights and of the order of the impressions.
    public init(
        _ data: RankingData, configuration: RankerConfiguration,
        network: ESMMConfiguration = ESMMConfiguration(),
        samplingRate: Double, seed: UInt64
    ) {
        self.data = data
        self.configuration = configuration
        self.network = network
        correction = SamplingCorrection(rate: samplingRate)
        self.seed = seed
    }

    /// Trains on impressions with optional feature groups.
    ///
    /// - Parameter metrics: called after each step, for `metrics.jsonl`; what it throws ends the training.
    /// - Throws: `RankingModelError`, or `RunError.diverged` when the loss is no number.
    public func train(
        _ impressions: [Impression], enhanced: EnhancedFeatures = .none, title: String, progress: RunProgress,
        metrics: (RankerMetrics) throws -> Void = { _ in }
    ) throws -> Ranker {
        guard !impressions.isEmpty else { throw RankingModelError.noImpressions(title: title) }
        let rows = impressions.map(RankingRow.init)
        let ranker = try untrainedRanker(rows, enhanced: enhanced)
        let table = try ranker.builder.table(rows)
        let parameters = ranker.network.parameters
        let optimizer = try AdamW(parameters, configuration: AdamWConfiguration())
        let batches = ShuffledBatches(count: rows.count, batchSize: configuration.batchSize, seed: seed)
        let stepCount = batches.perEpoch * configuration.epochs
        let schedule = LearningRateSchedule(peak: configuration.learningRate, warmUpShare: 0.05)
        var recent = RunningMean()

        progress.begin(title, total: stepCount)
        try parameters.setTrainable(true)
        try onOneThread {
            for epoch in 0..<configuration.epochs {
                for (index, places) in batches.ofEpoch(epoch).enumerated() {
                    let step = epoch * batches.perEpoch + index + 1
                    let logits = try ranker.network(ranker.batch(table, places))  // [B] each
                    let loss = try esmmLoss(
                        clickLogits: logits.click, conversionLogits: logits.conversion,
                        clicks: Self.labels(places) { impressions[$0].isClick },
                        conversions: Self.labels(places) { impressions[$0].isConversion })
                    try loss.backward()
                    let value = try loss.item()
                    guard value.isFinite else {
                        throw RunError.diverged(
                            loop: title, step: step, value: value.isNaN ? "nan" : "\(value)")
                    }
                    let rate = schedule.rate(step: step - 1, of: stepCount)
                    let norm = try optimizer.step(learningRate: rate)
                    guard norm.isFinite else {
                        throw RunError.diverged(
                            loop: title, step: step, value: "\(value) with a gradient of \(norm)")
                    }
                    try metrics(
                        RankerMetrics(
                            step: step, epoch: epoch + 1, loss: value, gradientNorm: norm, learningRate: rate)
                    )
                    recent.add(value)
                    progress.update(step, detail: String(format: "loss %.4f", recent.value))
                }
            }
        }
        try parameters.setTrainable(false)
        progress.end(String(format: "%d impressions, last loss %.4f", impressions.count, recent.value))
        return ranker
    }

    private func untrainedRanker(_ rows: [RankingRow], enhanced: EnhancedFeatures) throws -> Ranker {
        let fields = FeatureFields(data)
        let vocabulary = try FeatureVocabulary(
            data, fields: fields, trainingRows: rows, historyLength: configuration.historyLength,
            minimumCount: network.minimumCount)
        let shape = ESMM.Shape(
            rowCount: vocabulary.rowCount, fieldCount: fields.names.count, width: network.embeddingWidth,
            hidden: network.towerWidths, historyLength: configuration.historyLength,
            codesPerUser: enhanced.codesPerUser, codeCount: enhanced.codeCount,
            similarLength: enhanced.similarSequences.map(\.count).max() ?? 0)
        return try Ranker(
            ESMM(shape, seed: SeededGenerator(seed: seed, path: 0).state),
            FeatureBuilder(data, vocabulary: vocabulary, fields: fields), correction: correction,
            enhanced: enhanced)
    }

    /// 0 or 1, `[B]`.
    private static func labels(_ places: ArraySlice<Int>, _ isTrue: (Int) -> Bool) throws -> Tensor {
        try Tensor.from(places.map { isTrue($0) ? Float(1) : 0 }, shape: [places.count])
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
