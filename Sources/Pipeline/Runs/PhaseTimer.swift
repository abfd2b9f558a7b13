/// Adds up the time of a step's phases. What runs outside of a phase is not part of the step.
public struct PhaseTimer: Sendable {
    /// Seconds by phase.
    public private(set) var seconds: [String: Double] = [:]

    /// Nothing measured yet.
    public init() {}

    /// Runs `body` as a part of a phase.
    public mutating func measure<Result>(_ phase: String, _ body: () throws -> Result) rethrows -> Result {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try body()
        add(start.duration(to: clock.now), to: phase)
        return result
    }

    /// Adds a time that was taken elsewhere.
    public mutating func add(_ duration: Duration, to phase: String) {
        seconds[phase, default: 0] += duration.seconds
    }

    /// The whole step.
    public var total: Double { seconds.values.reduce(0, +) }
}

extension Duration {
    /// The time in seconds.
    public var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
