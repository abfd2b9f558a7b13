/// How far a result may lie from what is expected, each with its reason. Used with `difference`.
public enum Tolerance {
    /// float64 code against float64 golden numbers: one operation rounds by 1e-16, a result takes
    /// thousands.
    public static let float64 = 1e-9
    /// float32 code against float64 golden numbers: one operation rounds by 6e-8, a result takes dozens.
    public static let float32 = 1e-5
    /// Central differences of step 1e-5 in float64: truncation ≈ step² = 1e-10 times the third derivative,
    /// cancellation ≈ 1e-16 / step = 1e-11 times the value; both are below 1e-8 for values below 100.
    public static let centralDifference = 1e-7
}

/// The largest of |found − expected| / max(1, |expected|); infinite when the counts differ or a number is
/// NaN.
public func difference(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).reduce(0) { worst, pair in
        let distance = pair.0 == pair.1 ? 0 : abs(pair.0 - pair.1) / max(1, abs(pair.1))
        return distance.isNaN ? .infinity : max(worst, distance)
    }
}

/// The same of single numbers.
public func difference(_ found: Double, _ expected: Double) -> Double { difference([found], [expected]) }

/// The largest of |found − expected| / |expected|, for numbers of any size; infinite like `difference`.
public func relativeDifference(_ found: [Double], _ expected: [Double]) -> Double {
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).reduce(0) { worst, pair in
        let distance = pair.0 == pair.1 ? 0 : abs(pair.0 - pair.1) / abs(pair.1)
        return distance.isNaN ? .infinity : max(worst, distance)
    }
}
