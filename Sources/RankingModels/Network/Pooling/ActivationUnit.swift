import Torch

/// DIN's activation unit (Zhou et al., 2018, §4.3): a small network of the candidate q and a behaviour s
/// gives the behaviour its weight, without a softmax, so that a user's intensity of interest is kept.
///
///     a(q, s) = u · prelu(W_q q + W_s s + W_p (q ∘ s) + b) + c,    pooled = Σ a(q, s) s
///
/// The original feeds q − s too; a linear layer of q and s holds it already.
///
/// W_s s + W_p (q ∘ s) = (W_s + W_p diag(q)) s: one matrix a candidate for all its behaviours, so that
/// nothing of the size [B, L, 4D] is ever made.
struct ActivationUnit {
    private let candidate: Linear
    private let behavior: Tensor
    private let product: Tensor
    private let slope: Tensor
    private let output: (weight: Tensor, bias: Tensor)

    /// - Parameters:
    ///   - width: D, of a behaviour and of the candidate.
    ///   - hidden: H.
    init(_ name: String, width: Int, hidden: Int, _ maker: inout WeightMaker) throws {
        let deviation = (2 / Double(3 * width)).squareRoot()
        candidate = try Linear("\(name).candidate", from: width, to: hidden, &maker)
        behavior = try maker.normal("\(name).behavior", [width, hidden], deviation: deviation)
        product = try maker.normal("\(name).product", [width, hidden], deviation: deviation)
        slope = try maker.constant("\(name).slope", [hidden], 0.25)
        output = (
            try maker.normal(
                "\(name).output.weight", [1, hidden], deviation: (2 / Double(hidden)).squareRoot()),
            try maker.constant("\(name).output.bias", [1], 0)
        )
    }

    /// - Parameters:
    ///   - candidate: q, `[B, D]`.
    ///   - sequence: s, `[B, L, D]`.
    ///   - mask: 1 where there is a behaviour, 0 elsewhere, `[B, L]`.
    /// - Returns: `[B, D]`.
    func callAsFunction(candidate query: Tensor, sequence: Tensor, mask: Tensor) throws -> Tensor {
        try Tensor.activationUnit(
            queries: query, sequences: sequence, mask: mask, offsets: candidate(query), behavior: behavior,
            product: product, slope: slope, output: output.weight, bias: output.bias)
    }

    /// The same for candidates of one user, from rows of the embedding table: pairs of equal categories are
    /// computed once. Without a gradient.
    ///
    /// - Parameters:
    ///   - candidate: q, `[N, D]`.
    ///   - rows: rows of the candidates' fields, int32 `[N, F]`.
    ///   - behaviors: rows of the behaviours' fields, int32 `[L, F]`.
    ///   - table: `[R, E]`, with D = F · E.
    /// - Returns: `[N, D]`.
    func shared(candidate query: Tensor, rows: Tensor, behaviors: Tensor, table: Tensor) throws -> Tensor {
        let sequence = try table.embedding(behaviors).reshaped(behaviors.shape[0], -1)  // [L, D]
        let weights = try Tensor.sharedActivation(
            candidates: rows, behaviors: behaviors, table: table, offsets: candidate(query),
            base: sequence.matmul(behavior), product: product, slope: slope, output: output.weight,
            bias: output.bias)
        return try weights.matmul(sequence)
    }
}
