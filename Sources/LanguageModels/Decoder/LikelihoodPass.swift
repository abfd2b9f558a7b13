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
    private var first: First?

    /// What a first backward pass found, for those that follow.
    private struct First {
        let logProbabilities: [Float]
        let entropies: [Float]
        let slopes: Tensor  // ∂ log P / ∂ rows  [T, D]
    }

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

    /// Adds the gradient of Σₜ factors[k][t] · log P(t) to accumulator k, for every k.
    ///
    /// - Parameters:
    ///   - accumulators: of the decoder's parameters, `[K]`.
    ///   - keepsGraph: for another call, before the parameters change; otherwise the graph is freed.
    ///   - factors: of a range of tokens with these log-probabilities: `[K][range]`, not differentiated.
    /// - Returns: log P and the entropy of the distribution of each scored token, `[T]` each.
    public func backward(
        into accumulators: inout [GradientAccumulator], keepsGraph: Bool = false,
        factors: (_ range: Range<Int>, _ logProbabilities: [Float]) throws -> [[Float]]
    ) throws -> (logProbabilities: [Float], entropies: [Float]) {
        var all = Array(repeating: [Float](), count: accumulators.count)
        let found = try withoutGrad {
            try slopes { range, part, values, slopes in
                let factors = try factors(range, values)
                for k in accumulators.indices {
                    all[k] += factors[k]
                    guard factors[k].contains(where: { $0 != 0 }), accumulators[k].wants(decoder.head),
                        let gradient = try accumulators[k].gradient(of: decoder.head)
                    else { continue }
                    let column = try Tensor.from(factors[k], shape: [range.count, 1])
                    try gradient.add(
                        slopes: slopes(), rows: part * column, productType: decoder.computation.productType)
                }
            }
        }
        first = keepsGraph ? found : nil
        let active = all.indices.filter { k in all[k].contains { $0 != 0 } }
        for k in active {
            let factors = all[k].map { $0 / Float(temperature) }
            let gradient = try withoutGrad {
                try found.slopes * Tensor.from(factors, shape: [tokenCount, 1])
            }
            try accumulators[k].collect(
                from: hidden, gradient, retainsGraph: keepsGraph || k != active.last,
                isStopped: !decoder.computation.recomputesActivations)
        }
        return (found.logProbabilities, found.entropies)
    }

    /// The slopes of every scored token, a chunk at a time, and what they come to; of an earlier pass, where
    /// it was kept.
    ///
    /// - Parameter body: gets a range of tokens, their rows and log-probabilities, and their slopes over the
    ///   vocabulary, which are too large to be kept and are computed again where they are asked for.
    private func slopes(
        _ body: (
            _ range: Range<Int>, _ rows: Tensor, _ logProbabilities: [Float], _ slopes: () throws -> Tensor
        ) throws -> Void
    ) throws -> First {
        var (values, entropies, parts): ([Float], [Float], [Tensor]) = ([], [], [])
        let productType = decoder.computation.productType
        for start in stride(from: 0, to: tokenCount, by: chunkLength) {
            let range = start..<min(tokenCount, start + chunkLength)
            let part = try rows.slice(0, range)
            func likelihoodSlopes() throws -> (slopes: Tensor, values: Tensor, entropies: Tensor) {
                try part.likelihoodSlopes(
                    head: decoder.head, targets: targets.slice(0, range), productType: productType)
            }
            if let first {
                var slopes: Tensor?
                try body(range, part, Array(first.logProbabilities[range])) {
                    let found = try slopes ?? likelihoodSlopes().slopes
                    slopes = found
                    return found
                }
                continue
            }
            let found = try likelihoodSlopes()
            let chunk: [Float] = try found.values.elements()
            values += chunk
            entropies += try found.entropies.elements(Float.self)
            try body(range, part, chunk) { found.slopes }
            try parts.append(found.slopes.slopes(times: decoder.head, productType: productType))
        }
        if let first { return first }
        return First(
            logProbabilities: values, entropies: entropies, slopes: try Tensor.concatenated(parts, axis: 0))
    }
}
