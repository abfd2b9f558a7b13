import CTorch

/// Keys and values of one layer side by side, padded to one length, and which rows of a batch attend to them:
/// for devices without kernels of ours.
public struct PaddedKeyValues {
    private let keys: Tensor
    private let values: Tensor
    private let bias: Tensor
    private let rows: Tensor
    private let places: Tensor

    /// Takes tensors.
    ///
    /// - Parameters:
    ///   - keys: `[N, Hkv, L, d]`; `values` alike.
    ///   - bias: `[N, L]`, 0 at tokens, -∞ after them (`Tensor.paddingBias`).
    ///   - rows: the rows that attend to each of N, int64 `[N · G]`; what a repeated row finds is not read.
    ///   - places: of each row among `rows`, int64 `[B]`.
    public init(keys: Tensor, values: Tensor, bias: Tensor, rows: Tensor, places: Tensor) {
        (self.keys, self.values, self.bias) = (keys, values, bias)
        (self.rows, self.places) = (rows, places)
    }

    fileprivate var tensors: [Tensor] { [keys, values, bias, rows, places] }
}

extension Tensor {
    /// Attention of one query token a sequence to a prompt and to the sequence's own tokens, each computed
    /// for the whole batch; the two are merged by their normalizers.
    ///
    /// - Parameters:
    ///   - queries: `[B, H, d]`, H a multiple of Hkv.
    ///   - shared: prompts, which several sequences may share.
    ///   - own: the sequences' own tokens.
    /// - Returns: `[B, H·d]`.
    public static func paddedAttention(
        _ queries: Tensor, shared: PaddedKeyValues, own: PaddedKeyValues
    ) throws -> Tensor {
        let inputs = [queries] + shared.tensors + own.tensors
        return try withExtendedLifetime(inputs) {
            try make("padded attention", queries) { ct_padded_attention(inputs.map(\.handle), $0) }
        }
    }

    /// 0 at the first lengths[n] of `count` places, -∞ after them, `[N, count]`, of lengths, int64 `[N]`.
    public func paddingBias(count: Int) throws -> Tensor {
        try make("padding bias", self) { ct_padding_bias(handle, Int64(count), $0) }
    }

    /// Writes `source`, `[B, Hkv, d]`, into this one's rows of width d, `[N, Hkv, L, d]`.
    ///
    /// - Parameter rows: among N · Hkv · L, int64 `[B · Hkv]`.
    public func put(_ source: Tensor, at rows: Tensor) throws {
        try check("put rows", [self, rows, source], ct_put_rows_(handle, rows.handle, source.handle))
    }

    /// One token of each row of scores, `[B, V]`, drawn on their device; int64 `[B]`.
    ///
    /// - Parameters:
    ///   - units: random numbers in [0, 1), float64 `[B]`, in the processor's memory.
    ///   - temperature: 0 takes the likeliest token.
    ///   - topK: as many of the likeliest tokens stay; 0 for all.
    ///   - topP: the likeliest tokens that hold this share stay; 1 for all.
    ///   - minP: tokens stay that have this share of the likeliest one's chance; 0 for all.
    public func drawingTokens(
        units: Tensor, temperature: Double, topK: Int, topP: Double, minP: Double
    ) throws -> Tensor {
        try make("drawn tokens", self, units) {
            ct_draw_tokens(handle, units.handle, temperature, Int64(topK), topP, minP, $0)
        }
    }
}
