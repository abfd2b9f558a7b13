import Pipeline
import Torch

/// How a behaviour sequence becomes one vector of the width of a behaviour.
enum SequencePooling {
    case mean
    case attention
    case din(ActivationUnit)
    case transformer(BehaviorTransformer)

    /// - Parameters:
    ///   - width: D, of a behaviour.
    ///   - length: L.
    init(
        _ name: String, _ configuration: NetworkConfiguration, width: Int, length: Int,
        _ maker: inout WeightMaker
    ) throws {
        switch configuration.pooling {
        case .mean: self = .mean
        case .attention: self = .attention
        case .din:
            self = .din(try ActivationUnit(name, width: width, hidden: configuration.attentionWidth, &maker))
        case .transformer:
            self = .transformer(
                try BehaviorTransformer(
                    name, width: width, heads: FeatureFields.ofBehavior, length: length, &maker))
        }
    }

    /// - Parameters:
    ///   - candidate: `[B, D]`.
    ///   - sequence: `[B, L, D]`; or `[1, L, D]`, one for all candidates, which is then computed once.
    ///   - mask: 1 where there is a behaviour, 0 elsewhere, `[B, L]` or `[1, L]`.
    ///   - isPresent: 0 for a row without any behaviour, 1 elsewhere, `[B, 1]` or `[1, 1]`.
    /// - Returns: `[B, D]`; zero where there is no behaviour.
    func callAsFunction(candidate: Tensor, sequence: Tensor, mask: Tensor, isPresent: Tensor) throws -> Tensor
    {
        let (count, sequences) = (candidate.shape[0], sequence.shape[0])
        if sequences == 1, count > 1 {
            return try shared(candidate: candidate, sequence: sequence, mask: mask, isPresent: isPresent)
        }
        switch self {
        case .din(let unit): return try unit(candidate: candidate, sequence: sequence, mask: mask)
        case .mean: return try mean(sequence, mask)
        case .attention:
            return try targetAttention(
                candidate: candidate, sequence: sequence, padding: paddingScores(mask), isPresent: isPresent)
        case .transformer(let block):
            let padding = try paddingScores(mask)
            return try targetAttention(
                candidate: candidate, sequence: block(sequence, padding: padding), padding: padding,
                isPresent: isPresent)
        }
    }

    /// One sequence for all candidates.
    private func shared(candidate: Tensor, sequence: Tensor, mask: Tensor, isPresent: Tensor) throws -> Tensor
    {
        switch self {
        case .din(let unit): return try unit(candidate: candidate, sequence: sequence, mask: mask)
        case .mean:
            return try Tensor.full([candidate.shape[0], 1], 1).matmul(mean(sequence, mask))
        case .attention:
            return try sharedAttention(
                candidate: candidate, sequence: sequence, padding: paddingScores(mask), isPresent: isPresent)
        case .transformer(let block):
            let padding = try paddingScores(mask)
            return try sharedAttention(
                candidate: candidate, sequence: block(sequence, padding: padding), padding: padding,
                isPresent: isPresent)
        }
    }

    private func mean(_ sequence: Tensor, _ mask: Tensor) throws -> Tensor {
        let (batch, length, width) = try sequence.shape3
        let sum = try mask.reshaped(batch, 1, length).matmul(sequence).reshaped(batch, width)
        return try sum / mask.sum(axis: 1, keepsAxis: true).clamped(to: 1...Double(length))
    }

    /// What is added to an attention score: −10⁹ where there is no behaviour, so that e to this power is 0.
    /// Finite, so that a row of nothing but padding has a softmax.
    private func paddingScores(_ mask: Tensor) throws -> Tensor { try (mask - 1) * 1e9 }
}
