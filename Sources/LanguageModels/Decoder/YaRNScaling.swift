import Foundation

/// YaRN (Peng et al., 2023): low frequencies are divided by a factor, high ones kept, those between blended, and rotations are
/// lengthened, which sharpens attention over the longer context.
public struct YaRNScaling: Sendable, Equatable {
    /// By how much the context is longer than what the model was trained with.
    public var factor: Double
    /// Tokens of the context that the model was first trained with.
    public var originalContextLength: Int
    /// Rotations within the original context above which a frequency is kept.
    public var betaFast = 32.0
    /// Rotations within the original context below which a frequency is divided by `factor`.
    public var betaSlow = 1.0
    /// What cos and sin are multiplied by; nil for 0.1 · ln(factor) + 1, or for what `scale` and `scaleOfAllDimensions` give.
    public var attentionFactor: Double?
    /// `mscale` of DeepSeek's configurations.
    public var scale: Double?
    /// `mscale_all_dim` of DeepSeek's configurations.
    public var scaleOfAllDimensions: Double?
    /// Whether the ends of the blend are rounded to whole frequencies.
    public var isTruncated = true

    /// A rule with these numbers and the paper's for the others.
    public init(factor: Double, originalContextLength: Int) {
        self.factor = factor
        self.originalContextLength = originalContextLength
    }

    /// What cos and sin are multiplied by.
    var length: Float {
        if let attentionFactor { return Float(attentionFactor) }
        func scale(_ weight: Double) -> Double { factor <= 1 ? 1 : 0.1 * weight * log(factor) + 1 }
        if let own = self.scale, let all = scaleOfAllDimensions, own != 0, all != 0 {
            return Float(scale(own) / scale(all))
        }
        return Float(scale(1))
    }

    /// In float32 and with the operations of transformers, so that angles far out agree as well.
    ///
    /// - Parameter theta: base of the frequencies θ^(−2i/d), i in 0..<d/2.
    func scaled(_ frequencies: [Float], theta: Double) -> [Float] {
        let width = Double(2 * frequencies.count)
        // The (fractional) frequency that turns so often within the original context.
        func place(_ rotations: Double) -> Double {
            width * log(Double(originalContextLength) / (rotations * 2 * .pi)) / (2 * log(theta))
        }
        var (low, high) = (place(betaFast), place(betaSlow))
        if isTruncated { (low, high) = (low.rounded(.down), high.rounded(.up)) }
        (low, high) = (max(low, 0), min(high, width - 1))
        if low == high { high += 0.001 }
        return frequencies.enumerated().map { index, frequency in
            let ramp = min(1, max(0, (Float(index) - Float(low)) / Float(high - low)))
            let kept = 1 - ramp
            return frequency / Float(factor) * (1 - kept) + frequency * kept
        }
    }
}
