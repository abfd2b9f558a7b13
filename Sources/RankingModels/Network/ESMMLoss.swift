public import Torch

/// Loss of the entire-space multi-task model (Ma et al., 2018): clicks, and conversions on all impressions.
///
///     L = BCE(click, pCTR) + BCE(conversion, pCTCVR),    pCTR = σ(a),    pCTCVR = σ(a) · σ(b)
///
/// The product is a sigmoid itself, since 1/pCTCVR = (1 + e⁻ᵃ)(1 + e⁻ᵇ):
///
///     pCTCVR = σ(z),    z = −log(e⁻ᵃ + e⁻ᵇ + e⁻ᵃ⁻ᵇ)
///     log pCTCVR = log σ(z) = log σ(a) + log σ(b),    log(1 − pCTCVR) = log σ(−z)
///
/// so that both logarithms, and their gradients, are exact for logits of any size.
///
/// - Parameters:
///   - clickLogits: a, `[B]`.
///   - conversionLogits: b, `[B]`.
///   - clicks: 0 or 1, `[B]`.
///   - conversions: 0 or 1, `[B]`.
/// - Returns: mean over the batch, rank 0.
public func esmmLoss(
    clickLogits: Tensor, conversionLogits: Tensor, clicks: Tensor, conversions: Tensor
) throws -> Tensor {
    let (a, b) = (try clickLogits.reshaped(1, -1), try conversionLogits.reshaped(1, -1))
    let negated = try -Tensor.concatenated([a, b, a + b], axis: 0)  // [3, B]
    let z = try -negated.logSumExp(axis: 0)  // [B]
    return try clickLogits.binaryCrossEntropy(targets: clicks) + z.binaryCrossEntropy(targets: conversions)
}
