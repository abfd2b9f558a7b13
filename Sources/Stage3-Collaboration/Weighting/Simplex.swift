import Foundation

/// Operations on log w, for weights on the simplex {w ≥ 0, Σ w = 1}.
enum Simplex {
    /// log softmax. The largest is taken off first: beside 10⁴ the sum's logarithm would lose its last
    /// digits.
    static func logNormalized(_ values: [Double]) -> [Double] {
        let top = values.max() ?? 0
        let shifted = values.map { $0 - top }
        let total = log(shifted.reduce(0) { $0 + exp($1) })
        return shifted.map { $0 - total }
    }

    /// log of clip(c · w, floor, ceiling), c such that the sum is 1: the sum grows with c, so c is found by
    /// bisection of log c between the values at which every weight is at its floor and at its ceiling.
    static func projected(_ logWeights: [Double], floor: Double, ceiling: Double) -> [Double] {
        let (low, high) = (log(floor), log(ceiling))
        let clipped = { (shift: Double) in logWeights.map { min(high, max(low, $0 + shift)) } }
        let largest = logWeights.max() ?? 0
        let smallest = logWeights.min() ?? 0
        var left = max(low, -1e6) - largest
        var right = high - smallest
        for _ in 0..<200 where left < right {
            let middle = (left + right) / 2
            if clipped(middle).reduce(0, { $0 + exp($1) }) < 1 { left = middle } else { right = middle }
        }
        return clipped((left + right) / 2)
    }
}
