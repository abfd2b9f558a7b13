public import LanguageModels
public import Torch

/// Loss of open-ended rejection sampling fine-tuning: next-token prediction over reasoning and answer.
/// Eq. (2).
///
///     L = −(1/N) · Σᵢ Σⱼ log P(tⱼ | qᵢ, t₍<ⱼ₎)
///
/// The prompt qᵢ is given, not predicted. As printed, tokens are summed and samples are averaged, so a longer
/// sample weighs more.
///
/// - Parameters:
///   - group: log-probabilities of the outputs (reasoning and answer) that share one prompt.
///   - sampleCount: N, the outputs of the whole batch, of which this group is a part; parts add up to the
///     batch's loss.
/// - Returns: this group's share of the loss, rank 0.
public func orftLoss(_ group: TokenLogProbabilities, sampleCount: Int) throws -> Tensor {
    try group.values.sum() * (-1 / Double(sampleCount))
}

/// Eq. (2) of a packed part of a batch, its gradient computed with the value: the vocabulary's scores once.
///
/// - Parameter sampleCount: N, the outputs of the whole batch; parts add up to the batch's loss.
/// - Returns: this part's share of the loss, rank 0.
public func orftLoss(_ part: PackedBatch, under decoder: Decoder, sampleCount: Int) throws -> Tensor {
    let tokens = part.counts.joined().reduce(0, +)
    let factors = [Float](repeating: -1 / Float(sampleCount), count: tokens)
    return try decoder.weightedLogProbability(part, factors: factors).sum
}
