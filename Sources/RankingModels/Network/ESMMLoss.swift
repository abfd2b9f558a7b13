public import Torch

/// Loss of the entire-space multi-task model (Ma et al., 2018): clicks, and conversions on all impressions.
///
///     L = BCE(click, pCTR) + BCE(conversion, pCTCVR),    pCTR = σ(a),    pCTCVR = σ(a) · σ(b)
///
/// In log space: log pCTCVR = log σ(a) + log σ(b), and 1 − pCTCVR = σ(−a) + σ(a) σ(−b), a sum of positive numbers.
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
    let click = try clickLogits.binaryCrossEntropy(targets: clicks)
    let logYes = try clickLogits.logSigmoid() + conversionLogits.logSigmoid()
    let noClick = try (-clickLogits).sigmoid()
    let clickOnly = try clickLogits.sigmoid() * (-conversionLogits).sigmoid()
    let logNo = try (noClick + clickOnly).clamped(to: 1e-30...1).log()
    let conversion = try -(conversions * logYes + (-conversions + 1) * logNo).mean()
    return try click + conversion
}
