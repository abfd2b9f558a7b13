import Pipeline
import Torch
import TorchNN

/// The loss on impressions that are kept out, and the weights of the epoch where it was smallest.
struct RankerWatch {
    private let ranker: Ranker
    private let samples: SampleStore
    private var weights: [Tensor] = []
    /// Of the negative loss, by epoch from 0.
    private(set) var stopping = EarlyStopping()

    /// - Parameter samples: the impressions that are kept out.
    init(_ ranker: Ranker, _ samples: SampleStore) {
        self.ranker = ranker
        self.samples = samples
    }

    /// Measures after an epoch.
    ///
    /// - Returns: the mean ESMM loss of the kept-out impressions.
    mutating func look(epoch: Int) throws -> Double {
        let loss = try withoutGrad {
            var sum = 0.0
            try ranker.forEachBatch(samples) { labels, logits in
                let targets = try labels.tensors()
                sum +=
                    try Double(labels.clicks.count)
                    * esmmLoss(
                        clickLogits: logits.click, conversionLogits: logits.conversion,
                        clicks: targets.clicks, conversions: targets.conversions
                    ).item()
            }
            return sum / Double(samples.count)
        }
        if stopping.record(-loss, step: epoch) {
            weights = try withoutGrad { try ranker.network.parameters.tensors.map { try $0.clone() } }
        }
        return loss
    }

    /// Gives the ranker the weights of the best epoch.
    func restore() throws {
        try withoutGrad {
            for (tensor, kept) in zip(ranker.network.parameters.tensors, weights) {
                try tensor.copy(from: kept)
            }
        }
    }
}
