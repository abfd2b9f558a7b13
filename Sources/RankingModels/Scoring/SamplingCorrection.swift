/// Takes predictions from the sampled impressions back to all impressions. All conversions are kept and a
/// share of the rest, so the odds of a conversion are 1/rate too high in what a ranker is trained on.
///
/// With a = 1 − pCTR′, b = pCTR′ − pCTCVR′ and c = pCTCVR′ of the sampled impressions, the true probabilities
/// of no click, click without conversion, and conversion are proportional to a, b and c · rate.
public struct SamplingCorrection: Codable, Sendable, Equatable {
    /// Share of the impressions without conversion that was kept, in (0, 1].
    public let rate: Double

    /// - Parameter rate: in (0, 1].
    public init(rate: Double) {
        precondition(rate > 0 && rate <= 1, "a sampling rate of \(rate); expected a number in (0, 1]")
        self.rate = rate
    }

    /// pCTR and pCTCVR on all impressions.
    ///
    /// - Parameters:
    ///   - noClick: 1 − pCTR′, given on its own because 1 − x loses digits.
    ///   - clickOnly: pCTR′ − pCTCVR′.
    ///   - conversion: pCTCVR′.
    public func corrected(noClick: Double, clickOnly: Double, conversion: Double) -> (
        ctr: Double, ctcvr: Double
    ) {
        let kept = conversion * rate
        let total = noClick + clickOnly + kept
        return ((clickOnly + kept) / total, kept / total)
    }

    /// pCTR and pCTCVR on all impressions from the two towers' logits.
    public func corrected(clickLogit a: Double, conversionLogit b: Double) -> (ctr: Double, ctcvr: Double) {
        corrected(
            noClick: logistic(-a), clickOnly: logistic(a) * logistic(-b),
            conversion: logistic(a) * logistic(b))
    }
}
