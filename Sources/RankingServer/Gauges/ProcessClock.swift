import Pipeline

extension ContinuousClock.Instant {
    private static let origin = ContinuousClock.now
    /// Seconds since the process first asked.
    var secondsSinceStart: Double { Self.origin.duration(to: self).seconds }
}
