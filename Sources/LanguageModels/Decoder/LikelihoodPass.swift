import Torch
public import TorchNN

/// One forward pass of a packed batch whose token log-probabilities get any number of gradients.
///
/// A loss of the log-probabilities reaches the hidden states through ∂loss/∂log P of each token alone, a
/// number. The scores of the vocabulary are therefore computed once, a chunk of tokens at a time, however
/// many losses there are; each loss then takes one backward pass through the layers.
public final class LikelihoodPass {
    private let decoder: Decoder
    private let hidden: Tensor  // [T, D], with the graph
    private let rows: Tensor  // [T, D], over the temperature, without it
    private let targets: Tensor
    private let temperature: Double
    private let chunkLength: Int

    /// Number of scored tokens, T.
    public let tokenCount: Int

    /// Runs the forward pass; with a graph where gradients are recorded.
    ///
    /// - Parameter temperature: scores are divided by it, as in sampling.
    /// - Throws: `LanguageModelError.tokens` when there is no token to score.
    public init(_ decoder: Decoder, _ batch: PackedBatch, temperature: Double = 1) throws {
        self.decoder = decoder
        self.temperature = temperature
        let (hidden, targets) = try decoder.predictions(batch)
        (self.hidden, self.targets) = (hidden, targets)
        rows = try withoutGrad {
            let plain = try hidden.detached()
            return temperature == 1 ? plain : try plain * (1 / temperature)
        }
        tokenCount = targets.shape[0]
        // About 48 MiB of scores.
        chunkLength = max(16, 12 << 20 / decoder.configuration.vocabularySize)
    }

    /// log P of each scored token, `[T]`, without a gradient.
    public func logProbabilities() throws -> [Float] {
        try withoutGrad {
            try rows.logLikelihoods(
                head: decoder.head, targets: targets, productType: decoder.computation.productType
            ).elements()
        }
    }

    /// Adds the gradient of Σₜ factors[k][t] · log P(t) to accumulator k, for every k, and frees the graph.
    ///
    /// - Parameters:
    ///   - accumulators: of the decoder's parameters, `[K]`.
    ///   - factors: of a range of tokens with these log-probabilities: `[K][range]`, not differentiated.
    /// - Returns: log P and the entropy of the distribution of each scored token, `[T]` each.
    public func backward(
        into accumulators: inout [GradientAccumulator],
        factors: (_ range: Range<Int>, _ logProbabilities: [Float]) throws -> [[Float]]
    ) throws -> (logProbabilities: [Float], entropies: [Float]) {
        var (values, entropies): ([Float], [Float]) = ([], [])
        var all = Array(repeating: [Float](), count: accumulators.count)
        let productType = decoder.computation.productType
        let slopes = try withoutGrad {
            var parts: [Tensor] = []
            for start in stride(from: 0, to: tokenCount, by: chunkLength) {
                let range = start..<min(tokenCount, start + chunkLength)
                let part = try rows.slice(0, range)
                let found = try part.likelihoodSlopes(
                    head: decoder.head, targets: targets.slice(0, range), productType: productType)
                let chunk: [Float] = try found.values.elements()
                values += chunk
                entropies += try found.entropies.elements(Float.self)
                let factors = try factors(range, chunk)
                for k in accumulators.indices {
                    all[k] += factors[k]
                    guard factors[k].contains(where: { $0 != 0 }),
                        let gradient = try accumulators[k].gradient(of: decoder.head)
                    else { continue }
                    let column = try Tensor.from(factors[k], shape: [range.count, 1])
                    try gradient.add(slopes: found.slopes, rows: part * column, productType: productType)
                }
                try parts.append(found.slopes.slopes(times: decoder.head, productType: productType))
            }
            return try Tensor.concatenated(parts, axis: 0)  // ∂ log P / ∂ rows  [T, D]
        }
        let active = all.indices.filter { k in all[k].contains { $0 != 0 } }
        for k in active {
            let factors = all[k].map { $0 / Float(temperature) }
            let gradient = try withoutGrad { try slopes * Tensor.from(factors, shape: [tokenCount, 1]) }
            try accumulators[k].collect {
                try hidden.backward(from: gradient, retainsGraph: k != active.last)
            }
        }
        return (values, entropies)
    }
}
