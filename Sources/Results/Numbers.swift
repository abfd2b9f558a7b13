public import Evaluation
import Foundation
public import Pipeline

/// A number with a fixed count of digits after the point, as the tables print it.
public func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

/// A relative change with its sign in percent, from a share: `+3.47 %`.
public func percent(_ share: Double, digits: Int) -> String {
    (share < 0 ? "" : "+") + fixed(100 * share, digits) + " %"
}

extension Estimate {
    /// `0.0123 [0.0101, 0.0150]`.
    public func formatted(digits: Int = 4) -> String {
        "\(fixed(value, digits)) [\(fixed(lower, digits)), \(fixed(upper, digits))]"
    }

    /// Of a relative change, `+3.4 % [-0.2 %, +7.1 %]`.
    public func formattedPercent(digits: Int) -> String {
        "\(percent(value, digits: digits)) [\(percent(lower, digits: digits)), "
            + "\(percent(upper, digits: digits))]"
    }
}

extension BootstrapInterval {
    /// `0.0123 [0.0101, 0.0150]`.
    public func formatted(digits: Int = 4) -> String { Estimate(self).formatted(digits: digits) }
}
