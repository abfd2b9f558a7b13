import CTorch

extension Tensor {
    /// Matrix product over the last two axes, with broadcasting of the others.
    public func matmul(_ other: Tensor) throws -> Tensor {
        try make("matmul", self, other) { ct_matmul(handle, other.handle, $0) }
    }

    /// x Wᵀ + b: `self` is `[..., in]`, `weight` `[out, in]`, `bias` `[out]`.
    public func linear(_ weight: Tensor, bias: Tensor? = nil) throws -> Tensor {
        try make("linear", self, weight) { ct_linear(handle, weight.handle, bias?.handle, $0) }
    }

    /// eˣ / Σ eˣ over one axis.
    public func softmax(axis: Int) throws -> Tensor {
        try make("softmax", self) { ct_softmax(handle, Int64(axis), $0) }
    }

    /// x − log Σ eˣ over one axis.
    public func logSoftmax(axis: Int) throws -> Tensor {
        try make("log_softmax", self) { ct_log_softmax(handle, Int64(axis), $0) }
    }

    /// (x − mean) / √(var + ε) · weight + bias over the last axis.
    public func layerNorm(weight: Tensor, bias: Tensor, epsilon: Double) throws -> Tensor {
        try make("layer_norm", self, weight) {
            ct_layer_norm(handle, weight.handle, bias.handle, epsilon, $0)
        }
    }

    /// Scaled dot-product attention.
    ///
    /// - Parameters:
    ///   - queries: `[B, H, T, d]`.
    ///   - keys: `[B, Hkv, S, d]`, H a multiple of Hkv (grouped queries).
    ///   - values: like `keys`.
    ///   - mask: added to the scores, broadcast to `[B, H, T, S]`; nil for none.
    ///   - isCausal: query t sees keys 0…t (T = S). Not together with `mask`.
    /// - Returns: `[B, H, T, d]`.
    public static func attention(
        queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor? = nil, isCausal: Bool = false
    ) throws -> Tensor {
        try make("attention", queries, keys, values) {
            ct_attention(queries.handle, keys.handle, values.handle, mask?.handle, isCausal, $0)
        }
    }

    /// Mean binary cross-entropy of logits against targets in [0, 1], rank 0.
    public func binaryCrossEntropy(targets: Tensor) throws -> Tensor {
        try make("binary_cross_entropy_with_logits", self, targets) {
            ct_bce_with_logits(handle, targets.handle, $0)
        }
    }
}
