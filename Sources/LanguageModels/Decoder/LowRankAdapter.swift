import Torch

/// A low-rank change of a weight: ΔW = (α / r) B A (Hu et al., 2021, "LoRA").
struct LowRankAdapter {
    let down: Tensor  // A, [r, in]
    let up: Tensor  // B, [out, r]; zero at the start, so that training begins at the base model
    /// α / r.
    let scale: Double

    /// (α / r) · x Aᵀ Bᵀ of rows `[T, in]`.
    func callAsFunction(_ rows: Tensor) throws -> Tensor {
        try rows.linear(down).linear(up) * scale
    }

    /// ΔW, `[out, in]`.
    func change() throws -> Tensor { try up.matmul(down) * scale }
}
