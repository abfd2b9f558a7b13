import CTorch

/// The operations of a decoder, with gradients that keep little for the backward pass.
///
/// `productType` is the element type in which matrices are multiplied; nil is float32, also for weights that
/// are stored narrower. Results are float32. Projections of at most 64 rows compute each row without regard
/// to the others, bit for bit.
extension Tensor {
    /// x / √(mean x² + ε) · weight over the last axis (RMSNorm).
    public func rmsNorm(weight: Tensor, epsilon: Double) throws -> Tensor {
        try make("rms_norm", self, weight) { ct_rms_norm(handle, weight.handle, epsilon, $0) }
    }

    /// Several linear maps of the same rows `[T, D]`, after RMSNorm when there is a norm weight.
    ///
    /// - Parameters:
    ///   - norm: weight of RMSNorm, `[D]`, or nil.
    ///   - weights: `[out, D]` each; `biases` are as many, nil for none.
    /// - Returns: `[T, out]` each.
    public func linears(
        _ weights: [Tensor], biases: [Tensor?], norm: Tensor? = nil, epsilon: Double = 0,
        productType: ElementType? = nil
    ) throws -> [Tensor] {
        var handles = [OpaquePointer?](repeating: nil, count: weights.count)
        let status = withExtendedLifetime((weights, biases)) {
            ct_normed_linears(
                handle, norm?.handle, epsilon, productType.code, weights.map(\.handle),
                biases.map { $0?.handle }, CInt(weights.count), &handles)
        }
        try check("linears", [self] + weights, status)
        return handles.compactMap { $0.map(Tensor.init(owning:)) }
    }

    /// (silu(gate) · up) Wᵀ: the second half of a gated feed-forward layer. Rows `[T, F]` to `[T, D]`.
    public static func gatedLinear(
        gate: Tensor, up: Tensor, weight: Tensor, productType: ElementType? = nil
    ) throws -> Tensor {
        try make("gated linear", gate, up, weight) {
            ct_gated_linear(gate.handle, up.handle, weight.handle, productType.code, $0)
        }
    }

    /// A matrix `[out, in]` rounded to 8 bits, one scale an output, to be a weight of `linears` and
    /// `gatedLinear`, which then round each row that they multiply to 8 bits as well, and sum exactly.
    ///
    /// - Returns: uint8 `[out, in' + 4]`, in' the next multiple of 4, in an order that no other operation
    ///   reads. Without a graph.
    /// - Throws: `TorchError` for a tensor that is no matrix on the processor.
    public func roundedToEightBits() throws -> Tensor {
        try make("8-bit weight", self) { ct_eight_bit(handle, $0) }
    }

    /// silu(gate) · up, element by element.
    public static func gated(_ gate: Tensor, _ up: Tensor) throws -> Tensor {
        try make("gate", gate, up) { ct_gate(gate.handle, up.handle, $0) }
    }

    /// Heads `[T, H, d]` turned by angles, half against half (rotary position embedding).
    ///
    /// - Parameters:
    ///   - cosine: `[T, d / 2]`.
    ///   - sine: like `cosine`.
    public func rotated(cosine: Tensor, sine: Tensor) throws -> Tensor {
        try make("rotation", self, cosine) { ct_rotate(handle, cosine.handle, sine.handle, $0) }
    }

    /// Causal attention inside segments of a packed sequence, without a matrix of scores.
    ///
    /// - Parameters:
    ///   - queries: `[T, H, d]`.
    ///   - keys: `[T, Hkv, d]`, H a multiple of Hkv; `values` alike.
    ///   - segments: int64 `[S, 4]`: start, end, and the start and end of a prefix that the segment sees
    ///     whole. Segments follow each other and cover all tokens.
    ///   - productType: the element type in which a device without kernels of ours attends; these attend in
    ///     float32.
    /// - Returns: `[T, H, d]`.
    public static func packedAttention(
        queries: Tensor, keys: Tensor, values: Tensor, segments: Tensor, productType: ElementType? = nil
    ) throws -> Tensor {
        try make("packed attention", queries, keys, values, segments) {
            ct_packed_attention(
                queries.handle, keys.handle, values.handle, segments.handle, productType.code, $0)
        }
    }

    /// log P(target) of each row under softmax(x Wᵀ), `[T]`. Scores are held a chunk of rows at a time.
    ///
    /// - Parameters:
    ///   - head: W, `[V, D]`.
    ///   - targets: int64 `[T]`.
    public func logLikelihoods(
        head: Tensor, targets: Tensor, productType: ElementType? = nil
    ) throws
        -> Tensor
    {
        try make("log-likelihoods", self, head, targets) {
            ct_log_likelihoods(handle, head.handle, targets.handle, productType.code, $0)
        }
    }

    /// Σ factors · log P(target), rank 0, and log P(target), `[T]`, without a graph. Unlike `logLikelihoods`
    /// it computes the scores once, because the gradient's factors are known beforehand.
    ///
    /// - Parameter factors: float32 `[T]`, not differentiated.
    public func weightedLogLikelihood(
        head: Tensor, targets: Tensor, factors: Tensor, productType: ElementType? = nil
    ) throws -> (sum: Tensor, values: Tensor) {
        var values: OpaquePointer?
        let sum = try make("weighted log-likelihood", self, head, targets, factors) {
            ct_weighted_log_likelihood(
                handle, head.handle, targets.handle, factors.handle, productType.code, $0, &values)
        }
        guard let values else {
            throw TorchError.unexpected(
                operation: "weighted log-likelihood", expected: "values", found: "none")
        }
        return (sum, Tensor(owning: values))
    }

    /// Of rows `[T, D]` under softmax(x Wᵀ), without a graph and all rows at once: the slopes of log
    /// P(target) by the scores, 1[v = target] − P(v), `[T, V]`; log P(target), `[T]`; and the entropy of each
    /// row, `[T]`.
    public func likelihoodSlopes(
        head: Tensor, targets: Tensor, productType: ElementType? = nil
    ) throws -> (slopes: Tensor, values: Tensor, entropies: Tensor) {
        var (values, entropies): (OpaquePointer?, OpaquePointer?)
        let slopes = try make("likelihood slopes", self, head, targets) {
            ct_likelihood_slopes(
                handle, head.handle, targets.handle, productType.code, $0, &values, &entropies)
        }
        guard let values, let entropies else {
            throw TorchError.unexpected(operation: "likelihood slopes", expected: "values", found: "none")
        }
        return (slopes, Tensor(owning: values), Tensor(owning: entropies))
    }

    /// Slopes `[T, V]` by the scores to slopes by the rows: x W, `[T, D]`, without a graph.
    public func slopes(times head: Tensor, productType: ElementType? = nil) throws -> Tensor {
        try make("slopes", self, head) { ct_slopes_times(handle, head.handle, productType.code, $0) }
    }

    /// Adds slopesᵀ · rows, of `[T, V]` and `[T, D]`, to this `[V, D]`: an output matrix's gradient.
    public func add(slopes: Tensor, rows: Tensor, productType: ElementType? = nil) throws {
        try check(
            "add slopes", [self, slopes, rows],
            ct_add_outer_(handle, slopes.handle, rows.handle, productType.code))
    }

    /// log Σ eˣ of each row of scores `[T, V]`, without a graph.
    public func logNormalizers() throws -> Tensor {
        try make("log normalizers", self) { ct_log_normalizers(handle, $0) }
    }
}

extension ElementType? {
    fileprivate var code: CInt { map { CInt(bitPattern: $0.code.rawValue) } ?? -1 }
}
