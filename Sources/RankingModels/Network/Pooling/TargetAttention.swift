import Torch

/// Pools a behaviour sequence by how much each behaviour matters for the candidate: scaled dot-product
/// attention with the candidate as the only query (DIN's idea, Zhou et al., 2018, with a softmax).
///
///     weights = softmax(S q / √E + padding),    pooled = weightsᵀ S · isPresent
///
/// - Parameters:
///   - candidate: q, `[B, E]`.
///   - sequence: S, `[B, L, E]`.
///   - padding: −10⁹ where there is no behaviour, 0 elsewhere, `[B, L]`.
///   - isPresent: 0 for a row without any behaviour, 1 elsewhere, `[B, 1]`.
/// - Returns: `[B, E]`; zero where there is no behaviour.
func targetAttention(candidate: Tensor, sequence: Tensor, padding: Tensor, isPresent: Tensor) throws -> Tensor
{
    let (batch, _, width) = try sequence.shape3
    let query = try candidate.reshaped(batch, width, 1) * (1 / Double(width).squareRoot())
    let scores = try sequence.matmul(query).reshaped(batch, -1) + padding  // [B, L]
    let weights = try scores.softmax(axis: -1).reshaped(batch, 1, -1)
    return try weights.matmul(sequence).reshaped(batch, width) * isPresent
}

/// The same for candidates of one user, who share a sequence: two matrix products in place of `B` small ones.
///
/// - Parameters:
///   - candidate: q, `[B, E]`.
///   - sequence: S, `[1, L, E]`.
///   - padding: −10⁹ where there is no behaviour, 0 elsewhere, `[1, L]`.
///   - isPresent: 0 without any behaviour, 1 otherwise, `[1, 1]`.
/// - Returns: `[B, E]`.
func sharedAttention(candidate: Tensor, sequence: Tensor, padding: Tensor, isPresent: Tensor) throws -> Tensor
{
    let (_, length, width) = try sequence.shape3
    let behaviors = try sequence.reshaped(length, width)
    let scores = try (candidate * (1 / Double(width).squareRoot())).linear(behaviors) + padding  // [B, L]
    return try scores.softmax(axis: -1).matmul(behaviors) * isPresent
}
