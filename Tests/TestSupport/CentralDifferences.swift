/// The gradient of a function at a point, one number per coordinate: (f(x + h) − f(x − h)) / 2h.
///
/// - Parameter step: h; see `Tolerance.centralDifference`.
public func centralDifferences(
    at point: [Double], step: Double = 1e-5, of function: ([Double]) throws -> Double
) rethrows -> [Double] {
    try point.indices.map { index in
        var moved = point
        moved[index] = point[index] + step
        let above = try function(moved)
        moved[index] = point[index] - step
        return try (above - function(moved)) / (2 * step)
    }
}
