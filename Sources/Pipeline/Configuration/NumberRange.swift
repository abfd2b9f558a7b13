/// Which numbers a setting may be. NaN and infinities are in no range.
public struct NumberRange: Sendable, Equatable {
    /// The lower bound.
    public let low: Double
    /// Whether the lower bound itself is allowed.
    public let includesLow: Bool
    /// The upper bound, infinite where there is none.
    public let high: Double
    /// Whether the upper bound itself is allowed.
    public let includesHigh: Bool

    /// `low` or more.
    static func atLeast(_ low: Double) -> NumberRange {
        NumberRange(low: low, includesLow: true, high: .infinity, includesHigh: false)
    }

    /// More than `low`.
    static func above(_ low: Double) -> NumberRange {
        NumberRange(low: low, includesLow: false, high: .infinity, includesHigh: false)
    }

    /// From `low` to `high`, both allowed.
    static func within(_ low: Double, _ high: Double) -> NumberRange {
        NumberRange(low: low, includesLow: true, high: high, includesHigh: true)
    }

    /// More than `low`, up to `high`.
    static func above(_ low: Double, upTo high: Double) -> NumberRange {
        NumberRange(low: low, includesLow: false, high: high, includesHigh: true)
    }

    /// From `low` up to less than `high`.
    static func from(_ low: Double, below high: Double) -> NumberRange {
        NumberRange(low: low, includesLow: true, high: high, includesHigh: false)
    }

    /// Whether a setting may be `value`.
    func contains(_ value: Double) -> Bool {
        value.isFinite && (includesLow ? value >= low : value > low)
            && (includesHigh ? value <= high : value < high)
    }

    /// The range in words, such as "more than 0, at most 1".
    var text: String {
        let (low, high) = (Self.short(low), Self.short(high))
        return switch (includesLow, includesHigh) {
        case (true, false) where self.high.isInfinite: "\(low) or more"
        case (false, false) where self.high.isInfinite: "more than \(low)"
        case (true, true): "\(low) to \(high)"
        case (true, false): "\(low) or more, less than \(high)"
        case (false, true): "more than \(low), at most \(high)"
        case (false, false): "more than \(low), less than \(high)"
        }
    }

    private static func short(_ value: Double) -> String {
        Int(exactly: value).map(String.init) ?? "\(value)"
    }
}
