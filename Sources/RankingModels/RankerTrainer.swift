import Foundation
public import Pipeline
import Torch
import TorchNN

/// Trains an ESMM ranker on impressions.
public struct RankerTrainer {
    private let data: RankingData
    private let configuration: RankerConfiguration
    private let correction: SamplingCorrection
    private let seed: UInt64

    /// - Parameters:
    ///   - samplingRate: share of the impressions without conversion that was kept.
    ///   - seed: of the initial weights and of the order of the impressions.
    public init(_ data: RankingData, configuration: RankerConfiguration, samplingRate: Double, seed: UInt64) {
        self.data = data
        self.configuration = configuration
        correction = SamplingCorrection(rate: samplingRate)
        self.seed = seed
    }

    /// Trains on impressions with optional feature groups.
    ///
    /// - Throws: `RunError.diverged` when the loss is no number.
    public func train(
        _ impressions: [Impression], enhanced: EnhancedFeatures = .none, title: String, progress: RunProgress
    ) throws -> Ranker {
        let rows = impressions.map(RankingRow.init)
        let vocabulary = FeatureBuilder.vocabulary(
            data, trainingRows: rows, historyLength: configuration.historyLength)
        let network = try ESMM(
            ESMM.Shape(
                rowCount: vocabulary.rowCount, fieldCount: vocabulary.fields.count,
                codesPerUser: enhanced.codesPerUser, codeCount: enhanced.codeCount,
                hasSimilarSequence: enhanced.similarLength > 0), seed: seed)
        let ranker = Ranker(
            network, vocabulary, data, historyLength: configuration.historyLength, correction: correction,
            enhanced: enhanced)
        let table = ranker.builder.table(rows)
        let optimizer = try AdamW(network.parameters, configuration: AdamWConfiguration())
        let stepsPerEpoch = (impressions.count + configuration.batchSize - 1) / configuration.batchSize
        let stepCount = stepsPerEpoch * configuration.epochs
        let schedule = LearningRateSchedule(peak: configuration.learningRate, warmUpShare: 0.05)

        progress.begin(title, total: stepCount)
        try network.parameters.setTrainable(true)
        var recent = 0.0
        var order: [Int] = []
        for step in 0..<stepCount {
            let epoch = step / stepsPerEpoch
            var generator = SeededGenerator(seed: seed, path: 1, epoch)
            if step % stepsPerEpoch == 0 { order = Array(impressions.indices).shuffled(using: &generator) }
            let start = step % stepsPerEpoch * configuration.batchSize
            let places = order[start..<min(start + configuration.batchSize, order.count)]
            let logits = try network(ranker.batch(table, places))
            let label = { (value: (Impression) -> Bool) in
                try Tensor.from(places.map { value(impressions[$0]) ? Float(1) : 0 }, shape: [places.count])
            }
            let loss = try esmmLoss(
                clickLogits: logits.click, conversionLogits: logits.conversion, clicks: label(\.isClick),
                conversions: label(\.isConversion))
            try loss.backward()
            let value = try loss.item()
            guard value.isFinite else { throw RunError.diverged(loop: title, step: step + 1, value: "\(value)") }
            recent = step == 0 ? value : 0.98 * recent + 0.02 * value
            _ = try optimizer.step(learningRate: schedule.rate(step: step, of: stepCount))
            progress.update(step + 1, detail: String(format: "loss %.4f", recent))
        }
        try network.parameters.setTrainable(false)
        progress.end(String(format: "%d impressions, last loss %.4f", impressions.count, recent))
        return ranker
    }
}
