/// Remembers the best of the values that were measured during training, and when to stop because none gets
/// better.
public struct EarlyStopping: Codable, Sendable, Equatable {
    /// The best value so far; nil before the first.
    public private(set) var best: Double?
    /// Step, or epoch, of the best value.
    public private(set) var bestStep = 0
    /// Measurements since the best.
    public private(set) var withoutGain = 0

    /// Nothing measured yet.
    public init() {}

    /// Takes a measurement.
    ///
    /// - Parameter value: larger is better; negate a loss.
    /// - Returns: whether it is the best so far.
    public mutating func record(_ value: Double, step: Int) -> Bool {
        // Written so that a NaN is never the best.
        guard value > best ?? -.infinity else {
            withoutGain += 1
            return false
        }
        (best, bestStep, withoutGain) = (value, step, 0)
        return true
    }

    /// Whether to stop.
    ///
    /// - Parameter patience: measurements without a better value to wait for; 0 never stops.
    public func isOver(patience: Int) -> Bool { patience > 0 && withoutGain >= patience }
}
