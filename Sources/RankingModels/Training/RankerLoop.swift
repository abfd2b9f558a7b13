import Pipeline
import Synchronization
import Torch
import TorchNN

/// What came of B rows, as the loss takes it.
struct RankerLabels: Sendable {
    /// 1 where the impression was clicked, `[B]`.
    let clicks: [Float]
    /// 1 where it converted, `[B]`.
    let conversions: [Float]

    init(_ impressions: [Impression]) {
        clicks = impressions.map { $0.isClick ? 1 : 0 }
        conversions = impressions.map { $0.isConversion ? 1 : 0 }
    }

    init(_ table: FeatureTable, _ places: ArraySlice<Int>) {
        clicks = places.map { table.isClick($0) ? 1 : 0 }
        conversions = places.map { table.isConversion($0) ? 1 : 0 }
    }

    /// 0 or 1, `[B]` each.
    func tensors() throws -> (clicks: Tensor, conversions: Tensor) {
        (
            try Tensor.from(clicks, shape: [clicks.count]),
            try Tensor.from(conversions, shape: [conversions.count])
        )
    }
}

/// Epochs of minibatch steps over samples.
public struct RankerLoop {
    /// What is trained, in place.
    public let ranker: Ranker
    private let samples: SampleStore
    private let batchSize: Int
    private let seed: UInt64
    private let schedule: LearningRateSchedule
    private let optimizer: AdamW
    private let embeddings: RowAdam
    private let settings = AdamWConfiguration()
    private let dropout: Dropout?
    private let title: String
    private let stepsPerEpoch: Int
    /// Steps of all epochs.
    public let stepCount: Int

    init(
        _ ranker: Ranker, _ samples: SampleStore, _ configuration: RankerConfiguration, seed: UInt64,
        title: String
    ) throws {
        self.ranker = ranker
        self.samples = samples
        self.seed = seed
        self.title = title
        batchSize = configuration.batchSize
        stepsPerEpoch = EpochBatches(samples, batchSize: batchSize, seed: seed, epoch: 0).count
        stepCount = stepsPerEpoch * configuration.epochs
        schedule = LearningRateSchedule(peak: configuration.learningRate, warmUpShare: 0.05)
        optimizer = try AdamW(ranker.network.dense, configuration: settings)
        embeddings = try RowAdam(ranker.network.embedding, configuration: settings)
        let rate = configuration.network.dropout
        dropout = rate > 0 ? Dropout(rate: rate, seed: SeededGenerator(seed: seed, path: 2).state) : nil
    }

    /// All steps of an epoch, counted from 0.
    ///
    /// - Parameter report: called after each step.
    /// - Throws: `RunError.diverged` when the loss or its gradient is no number.
    public func run(_ epoch: Int, report: (RankerMetrics) throws -> Void) throws {
        let parameters = ranker.network.dense
        try parameters.setTrainable(true)
        let result = Result { try onOneThread { try steps(of: epoch, report: report) } }
        try parameters.setTrainable(false)
        try result.get()
    }

    private func steps(of epoch: Int, report: (RankerMetrics) throws -> Void) throws {
        let (builder, enhanced, shape) = (ranker.builder, ranker.enhanced, ranker.network.shape)
        let batches = Mutex(EpochBatches(samples, batchSize: batchSize, seed: seed, epoch: epoch))
        let touched = Mutex(TouchedRows(rowCount: shape.rowCount))
        try BatchesAhead.forEach(stepsPerEpoch) { index in
            let (table, places) = try batches.withLock { try $0.batch(index) }
            var batch = BatchRows(table, places, builder, enhanced, shape)
            let rows = touched.withLock { $0.renumber(&batch) }
            return (rows, batch, RankerLabels(table, places))
        } use: { index, prepared in
            let step = epoch * stepsPerEpoch + index + 1
            try report(take(step, epoch, rows: prepared.0, prepared.1, prepared.2))
        }
    }

    /// One optimizer step.
    private func take(
        _ step: Int, _ epoch: Int, rows: [Int32], _ batch: BatchRows, _ labels: RankerLabels
    ) throws -> RankerMetrics {
        let leaf = try embeddings.leaf(of: rows)  // [rows, E]
        let logits = try ranker.network(RankingBatch(batch), rows: leaf, dropout: dropout)  // [B] each
        let targets = try labels.tensors()
        let loss = try esmmLoss(
            clickLogits: logits.click, conversionLogits: logits.conversion, clicks: targets.clicks,
            conversions: targets.conversions)
        try loss.backward()
        let value = try loss.item()
        guard value.isFinite else {
            throw RunError.diverged(loop: title, step: step, value: value.isNaN ? "nan" : "\(value)")
        }
        let rate = schedule.rate(step: step - 1, of: stepCount)
        let slopes = try leaf.gradient
        let norm = try optimizer.step(
            learningRate: rate, beside: slopes.map { try innerProduct([$0], [$0]) } ?? 0)
        guard norm.isFinite else {
            throw RunError.diverged(loop: title, step: step, value: "\(value) with a gradient of \(norm)")
        }
        if let slopes {
            try withoutGrad {
                try embeddings.step(
                    rows: rows, gradient: slopes, learningRate: rate, scale: settings.clipping(ofNorm: norm))
            }
        }
        return RankerMetrics(
            step: step, epoch: epoch + 1, loss: value, gradientNorm: norm, learningRate: rate)
    }
}
