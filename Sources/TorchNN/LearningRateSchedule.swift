import Foundation

/// Linear warm-up from zero, then decay to a share of the peak.
public struct LearningRateSchedule: Codable, Sendable, Equatable {
    /// How the rate falls after warm-up.
    public enum Decay: String, Codable, Sendable {
        case constant, linear, cosine
    }

    /// Highest rate.
    public var peak: Double
    /// Share of all steps spent warming up, 0…1.
    public var warmUpShare: Double
    /// Shape of the decay.
    public var decay: Decay
    /// Rate of the last step, as a share of the peak.
    public var finalShare: Double

    /// A schedule.
    public init(peak: Double, warmUpShare: Double = 0.1, decay: Decay = .cosine, finalShare: Double = 0.1) {
        self.peak = peak
        self.warmUpShare = warmUpShare
        self.decay = decay
        self.finalShare = finalShare
    }

    /// The rate of step `step` of `count`, counted from 0.
    public func rate(step: Int, of count: Int) -> Double {
        let warmUp = Int((Double(count) * warmUpShare).rounded(.up))
        if step < warmUp { return peak * Double(step + 1) / Double(warmUp) }
        let progress = Double(step - warmUp) / Double(max(1, count - 1 - warmUp))
        let remaining =
            switch decay {
            case .constant: 1.0
            case .linear: 1 - progress
            case .cosine: (1 + cos(.pi * progress)) / 2
            }
        return decay == .constant ? peak : peak * (finalShare + (1 - finalShare) * remaining)
    }
}
