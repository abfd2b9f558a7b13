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

    /// The weights of DIN's activation unit for candidates that share their behaviours; pairs of equal rows
    /// are
    /// computed once. On the processor, float32, without a gradient.
    ///
    ///     weights_nl = u · prelu(r_n + base_l + Σ_f (q_nf ∘ s_lf) P_f) + c
    ///
    /// - Parameters:
    ///   - candidates: rows of the table, int32 `[N, F]`.
    ///   - behaviors: rows of the table, int32 `[L, F]`.
    ///   - table: `[R, E]`.
    ///   - offsets: r, `[N, H]`.
    ///   - base: s A, `[L, H]`.
    ///   - product: P, `[F · E, H]`.
    ///   - slope: of prelu, `[H]`.
    ///   - output: u, `[1, H]`.
    ///   - bias: c, `[1]`.
    /// - Returns: `[N, L]`.
    public static func sharedActivation(
        candidates: Tensor, behaviors: Tensor, table: Tensor, offsets: Tensor, base: Tensor, product: Tensor,
        slope: Tensor, output: Tensor, bias: Tensor
    ) throws -> Tensor {
        let inputs = [candidates, behaviors, table, offsets, base, product, slope, output, bias]
        return try withExtendedLifetime(inputs) {
            try make("shared activation", candidates, behaviors, offsets) {
                ct_shared_activation(inputs.map(\.handle), $0)
            }
        }
    }
}
