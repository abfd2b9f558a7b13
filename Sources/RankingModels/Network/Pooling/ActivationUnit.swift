import Torch

/// DIN's activation unit (Zhou et al., 2018, §4.3): a small network of the candidate q and a behaviour s gives the behaviour its
/// weight, without a softmax, so that a user's intensity of interest is kept.
///
///     a(q, s) = u · prelu(W_q q + W_s s + W_p (q ∘ s) + b) + c,    pooled = Σ a(q, s) s
///
/// The original feeds q − s too; a linear layer of q and s holds it already.
///
/// W_s s + W_p (q ∘ s) = (W_s + W_p diag(q)) s: one matrix a candidate for all its behaviours, so that nothing of the size
/// [B, L, 4D] is ever made.
struct ActivationUnit {
    private let candidate: Linear
    private let behavior: Tensor
    private let product: Tensor
    private let slope: Tensor
    private let output: Linear

    /// - Parameters:
    ///   - width: D, of a behaviour and of the candidate.
    ///   - hidden: H.
    init(_ name: String, width: Int, hidden: Int, _ maker: inout WeightMaker) throws {
        let deviation = (2 / Double(3 * width)).squareRoot()
        candidate = try Linear("\(name).candidate", from: width, to: hidden, &maker)
        behavior = try maker.normal("\(name).behavior", [width, hidden], deviation: deviation)
        product = try maker.normal("\(name).product", [width, hidden], deviation: deviation)
        slope = try maker.constant("\(name).slope", [hidden], 0.25)
        output = try Linear("\(name).output", from: hidden, to: 1, &maker)
    }

    /// - Parameters:
    ///   - candidate: q, `[B, D]`.
    ///   - sequence: s, `[B, L, D]`.
    ///   - mask: 1 where there is a behaviour, 0 elsewhere, `[B, L]`.
    /// - Returns: `[B, D]`.
    func callAsFunction(candidate query: Tensor, sequence: Tensor, mask: Tensor) throws -> Tensor {
        let (batch, length, width) = try sequence.shape3
        let matrices = try query.reshaped(batch, width, 1) * product + behavior  // [B, D, H]
        let x = try sequence.matmul(matrices) + candidate(query).reshaped(batch, 1, -1)  // [B, L, H]
        let activated = try x * slope + x.relu() * (slope * -1 + 1)
        let weights = try output(activated).reshaped(batch, length) * mask
        return try weights.reshaped(batch, 1, length).matmul(sequence).reshaped(batch, width)
    }
}
