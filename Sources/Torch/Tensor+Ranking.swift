import CTorch

extension Tensor {
    /// DIN's activation unit and its pooling (Zhou et al., 2018), with nothing of the size [B, L, H] held:
    ///
    ///     weights_l = u · prelu(r + (A + diag(q) P)ᵀ s_l) + c,    pooled = Σ mask_l weights_l s_l
    ///
    /// - Parameters:
    ///   - queries: q, `[B, D]`.
    ///   - sequences: s, `[B, L, D]`; or `[1, L, D]`, one for all candidates, without a gradient.
    ///   - mask: 0 or 1, `[B, L]`, or `[1, L]`.
    ///   - offsets: r, `[B, H]`.
    ///   - behavior: A, `[D, H]`.
    ///   - product: P, `[D, H]`.
    ///   - slope: of prelu, `[H]`.
    ///   - output: u, `[1, H]`.
    ///   - bias: c, `[1]`.
    /// - Returns: `[B, D]`.
    public static func activationUnit(
        queries: Tensor, sequences: Tensor, mask: Tensor, offsets: Tensor, behavior: Tensor, product: Tensor,
        slope: Tensor, output: Tensor, bias: Tensor
    ) throws -> Tensor {
        let inputs = [queries, sequences, mask, offsets, behavior, product, slope, output, bias]
        return try withExtendedLifetime(inputs) {
            try make("activation unit", queries, sequences, offsets) {
                ct_activation_unit(inputs.map(\.handle), $0)
            }
        }
    }
}
