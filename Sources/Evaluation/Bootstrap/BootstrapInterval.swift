public import Pipeline

/// An estimate with a percentile interval.
public struct BootstrapInterval: Sendable, Equatable, Codable {
    /// The statistic of the data itself.
    public var estimate: Double
    /// Lower end of the interval.
    public var lower: Double
    /// Upper end of the interval.
    public var upper: Double
    /// Share of the resamples inside.
    public var confidence: Double
    /// Resamples drawn.
    public var resampleCount: Int
    /// Resamples on which the statistic is undefined (no positive was drawn); they are in no percentile.
    public var undefinedCount: Int
}

extension Estimate {
    /// A bootstrap's estimate.
    public init(_ interval: BootstrapInterval) {
        self.init(value: interval.estimate, lower: interval.lower, upper: interval.upper)
    }
}
