public import Torch

/// Log-probabilities of a group's continuation tokens under a model.
public struct TokenLogProbabilities {
    /// log P of each continuation token, continuations one after another, `[Σ T]`. Part of the graph when
    /// gradients are recorded.
    public let values: Tensor
    /// Number of tokens of each continuation.
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
    /// Log-probabilities of every continuation token given the prompt and the tokens before it.
    ///
    /// The vocabulary scores are computed for continuation tokens alone.
    ///
    /// - Throws: `LanguageModelError.tokens` when there is no continuation token.
    public func logProbabilities(_ group: PackedGroup) throws -> TokenLogProbabilities {
        let targets = Array(group.continuations.joined())
        guard !targets.isEmpty else {
            throw LanguageModelError.tokens("there is no continuation token to score")
        }
        let mask = try group.mask()
        let hidden = try hidden(group.tokens, positions: group.positions) { _, queries, keys, values in
            try self.mix(queries, keys, values, mask: mask)
        }
        let rows = try Tensor.from(group.predictors.map(Int64.init), shape: [targets.count])
        let targetIDs = try Tensor.from(targets.map(Int64.init), shape: [targets.count, 1])
        let logProbabilities = try logits(hidden.selecting(rows)).logSoftmax(axis: -1)  // [Σ T, V]
        return TokenLogProbabilities(
            values: try logProbabilities.gathering(targetIDs, axis: 1).reshaped(-1),
            counts: group.continuations.map(\.count))
    }
}
