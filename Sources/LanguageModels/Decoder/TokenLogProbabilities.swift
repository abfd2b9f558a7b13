public import Torch

/// Log-probabilities of continuation tokens under a model.
public struct TokenLogProbabilities {
    /// log P of each continuation token, continuations one after another, `[Σ T]`. Part of the graph when
    /// gradients are recorded.
    public let values: Tensor
    /// Number of scored tokens of each continuation.
    public let counts: [Int]

    /// The range of each continuation in `values`.
    public var ranges: [Range<Int>] {
        var start = 0
        return counts.map { count in
            defer { start += count }
            return start..<start + count
        }
    }

    /// Copied out, one array a continuation.
    public func perContinuation() throws -> [[Float]] {
        let all: [Float] = try values.elements()
        return ranges.map { Array(all[$0]) }
    }
}

extension Decoder {
    /// Log-probabilities of every scored continuation token given the prompt and the tokens before it; the
    /// continuations of all groups one after another.
    ///
    /// The vocabulary scores are computed for scored tokens alone, a chunk of them at a time.
    ///
    /// - Throws: `LanguageModelError.tokens` when there is no token to score.
    public func logProbabilities(_ batch: PackedBatch) throws -> TokenLogProbabilities {
        let (hidden, targets) = try predictions(batch)
        return TokenLogProbabilities(
            values: try hidden.logLikelihoods(
                head: head, targets: targets, productType: computation.productType),
            counts: Array(batch.counts.joined()))
    }

    /// Log-probabilities of every scored token of one group.
    public func logProbabilities(_ group: PackedGroup) throws -> TokenLogProbabilities {
        try logProbabilities(PackedBatch([group]))
    }

    /// Σ factor · log P over all scored tokens, rank 0, with a factor a token that is known beforehand: its
    /// gradient takes one computation of the vocabulary scores instead of two.
    ///
    /// - Parameter factors: one a scored token, in the order of `logProbabilities`.
    /// - Returns: the sum, part of the graph when gradients are recorded, and the log-probabilities without a
    ///   graph.
    public func weightedLogProbability(
        _ batch: PackedBatch, factors: [Float]
    ) throws -> (sum: Tensor, values: TokenLogProbabilities) {
        let (hidden, targets) = try predictions(batch)
        let result = try hidden.weightedLogLikelihood(
            head: head, targets: targets, factors: Tensor.from(factors, shape: targets.shape),
            productType: computation.productType)
        return (
            result.sum, TokenLogProbabilities(values: result.values, counts: Array(batch.counts.joined()))
        )
    }

    /// The hidden rows that predict a token, `[Σ T, D]`, and the tokens, `[Σ T]`.
    func predictions(_ batch: PackedBatch) throws -> (hidden: Tensor, targets: Tensor) {
        let targets = batch.targets
        guard !targets.isEmpty else {
            throw LanguageModelError.tokens("there is no continuation token to score")
        }
        let rows = try Tensor.from(batch.predictors.map(Int64.init), shape: [targets.count])
        return (
            try hidden(batch, rows: rows),
            try Tensor.from(targets.map(Int64.init), shape: [targets.count])
        )
    }
}
