public import Pipeline
import Torch
import TorchNN

/// Predicts the next of a user's items from the ones before, like SASRec (Kang and McAuley, 2018): a causal
/// transformer over item embeddings that also score. It learns the full softmax at every place, which sampled
/// negatives would mislead.
public final class SequenceRecommender {
    /// Sizes and training.
    public struct Configuration: Codable, Sendable, Equatable {
        /// D, width of an embedding.
        public var width = 64
        /// Heads of attention.
        public var heads = 2
        /// Transformer blocks.
        public var blocks = 2
        /// L, items that are seen.
        public var length = 50
        /// Passes over the sequences.
        public var epochs = 20
        /// Windows of a step.
        public var batchSize = 32
        /// Peak learning rate.
        public var learningRate = 1e-3

        /// For a few thousand users and items.
        public init() {}
    }

    private let configuration: Configuration
    private let itemCount: Int
    private let items: Tensor  // [V + 1, D]; row V is padding
    private let positions: Tensor  // [L, D]
    private let blocks: [TransformerBlock]
    private let parameters: Parameters

    private init(_ configuration: Configuration, itemCount: Int, seed: UInt64) throws {
        self.configuration = configuration
        self.itemCount = itemCount
        var maker = WeightMaker(seed: seed, type: .float32)
        items = try maker.normal("items", [itemCount + 1, configuration.width], deviation: 0.05)
        positions = try maker.normal(
            "positions", [configuration.length, configuration.width], deviation: 0.05)
        blocks = try (0..<configuration.blocks).map {
            try TransformerBlock(
                "block.\($0)", width: configuration.width, heads: configuration.heads, &maker)
        }
        parameters = maker.parameters
    }

    /// Trains on sequences of items, oldest first, each below `itemCount`.
    ///
    /// - Throws: `RankingModelError.noImpressions` when no sequence has two items; `RunError.diverged`.
    public static func train(
        _ sequences: [[Int32]], itemCount: Int, configuration: Configuration = Configuration(), seed: UInt64,
        title: String, progress: RunProgress
    ) throws -> SequenceRecommender {
        let windows = sequences.flatMap { Self.windows(of: $0, length: configuration.length) }
        guard !windows.isEmpty else { throw RankingModelError.noImpressions(title: title) }
        return try onOneThread {
            let model = try SequenceRecommender(configuration, itemCount: itemCount, seed: seed)
            try model.train(windows, seed: seed, title: title, progress: progress)
            return model
        }
    }

    /// Windows of L + 1 items that share one item with the next, so that every item but the first is
    /// predicted once.
    static func windows(of sequence: [Int32], length: Int) -> [[Int32]] {
        stride(from: 0, to: sequence.count - 1, by: length).map {
            Array(sequence[$0..<min($0 + length + 1, sequence.count)])
        }
    }

    private func train(_ windows: [[Int32]], seed: UInt64, title: String, progress: RunProgress) throws {
        let optimizer = try AdamW(parameters, configuration: AdamWConfiguration())
        let batches = ShuffledBatches(
            count: windows.count, batchSize: configuration.batchSize, seed: seed)
        let total = batches.perEpoch * configuration.epochs
        let schedule = LearningRateSchedule(peak: configuration.learningRate, warmUpShare: 0.05)
        progress.begin(title, total: total)
        try parameters.setTrainable(true)
        var step = 0
        var last = 0.0
        for epoch in 0..<configuration.epochs {
            for places in batches.ofEpoch(epoch) {
                let loss = try loss(places.map { windows[$0] })
                try loss.backward()
                last = try loss.item()
                let norm = try optimizer.step(
                    learningRate: schedule.rate(step: step, of: total))
                step += 1
                guard last.isFinite, norm.isFinite else {
                    throw RunError.diverged(loop: title, step: step, value: "\(last)")
                }
                progress.update(step)
            }
        }
        try parameters.setTrainable(false)
        progress.end("\(windows.count) windows, last loss \(last)")
    }

    /// Mean of −log P(next item) over the places that have one.
    private func loss(_ windows: [[Int32]]) throws -> Tensor {
        let length = (windows.map(\.count).max() ?? 1) - 1
        var (inputs, targets, places): ([Int32], [Int64], [Int32]) = ([], [], [])
        for (row, window) in windows.enumerated() {
            let padding = [Int32](repeating: Int32(itemCount), count: length - (window.count - 1))
            inputs += window.dropLast() + padding
            for place in 0..<window.count - 1 {
                places.append(Int32(row * length + place))
                targets.append(Int64(window[place + 1]))
            }
        }
        let states = try states(inputs, rows: windows.count, length: length)
            .reshaped(-1, configuration.width).selecting(Tensor.from(places, shape: [places.count]))
        return try -scores(states).logSoftmax(axis: -1)
            .gathering(Tensor.from(targets, shape: [targets.count, 1]), axis: 1).mean()
    }

    /// `[rows, L, D]`. Padding comes last, where no earlier place sees it.
    private func states(_ inputs: [Int32], rows: Int, length: Int) throws -> Tensor {
        let embedded = try items.embedding(Tensor.from(inputs, shape: [rows, length]))
        return try blocks.reduce(embedded + positions.slice(0, 0..<length)) { try $1($0, padding: nil) }
    }

    private func scores(_ states: Tensor) throws -> Tensor {
        try states.linear(items.slice(0, 0..<itemCount))
    }

    /// Scores of all items after a sequence, oldest first; larger is likelier. `[V]`
    ///
    /// - Throws: `RankingModelError.unknown` for an item out of range, and for a sequence of none.
    public func scores(after sequence: [Int32]) throws -> [Float] {
        let recent = Array(sequence.suffix(configuration.length))
        if let item = recent.first(where: { $0 < 0 || Int($0) >= itemCount }) ?? (recent.isEmpty ? -1 : nil) {
            throw RankingModelError.unknown(what: "item", index: item, count: itemCount)
        }
        return try withoutGrad {
            try onOneThread {
                let states = try states(recent, rows: 1, length: recent.count)
                return try scores(states.slice(1, recent.count - 1..<recent.count).reshaped(1, -1)).elements()
            }
        }
    }
}
