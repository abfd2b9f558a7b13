public import Evaluation

/// How often the true title is among the K catalogue titles nearest to the predicted one. Title_Hit-Rate@K.
public struct TitleHitRate: Sendable, Equatable, Codable {
    /// The K of each rate.
    public var cutoffs: [Int]
    /// Share of samples whose rank is below each K.
    public var rates: [Double]
    /// Rank of the true title of each sample, 0 the nearest; nil where there is no prediction, which is a
    /// miss.
    public var ranks: [Int?]

    /// Hit rates over some samples.
    ///
    /// - Parameters:
    ///   - predictions: embedding of each predicted title, any length; nil or all zero without an answer.
    ///   - targets: row of the true title in the catalogue, one per sample.
    /// - Throws: `EvaluationError` for no samples, unequal numbers of them, or a prediction that cannot be
    ///   ranked.
    public init(
        predictions: [[Float]?], targets: [Int], in titles: TitleIndex, cutoffs: [Int] = [50, 100]
    ) throws(EvaluationError) {
        guard !targets.isEmpty else { throw .empty(what: "targets") }
        guard predictions.count == targets.count else {
            throw .count(of: "predictions", expected: targets.count, found: predictions.count)
        }
        var ranks: [Int?] = []
        for (prediction, target) in zip(predictions, targets) {
            ranks.append(
                try prediction.flatMap { prediction throws(EvaluationError) in
                    try titles.rank(of: target, for: prediction)
                })
        }
        self.ranks = ranks
        self.cutoffs = cutoffs
        rates = cutoffs.map { cutoff in
            Double(ranks.count { rank in rank.map { $0 < cutoff } ?? false }) / Double(ranks.count)
        }
    }
}
