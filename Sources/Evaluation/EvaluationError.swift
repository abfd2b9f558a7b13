/// What an evaluation was given that it cannot measure.
public enum EvaluationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Two lists that describe the same samples have different lengths.
    case count(of: String, expected: Int, found: Int)
    /// A list that must hold something is empty.
    case empty(what: String)
    /// A number is NaN, infinite or outside the range that its meaning allows.
    case value(of: String, index: Int, expected: String, found: String)
    /// Two models are compared on different impressions.
    case unpaired(index: Int)

    /// The message for a user: what happened, what was expected, what to do.
    public var description: String {
        switch self {
        case .count(let what, let expected, let found):
            "\(what): expected \(expected) elements, found \(found); give one element a sample"
        case .empty(let what):
            "\(what) is empty, so nothing can be measured; check the split that made it"
        case .value(let what, let index, let expected, let found):
            "\(what), element \(index): expected \(expected), found \(found)"
        case .unpaired(let index):
            "impression \(index) has another user, label or weight in the second model; "
                + "score the same impressions in the same order with both"
        }
    }
}

/// Throws unless `found` elements were given for `expected` samples.
func requireCount(_ what: String, _ found: Int, _ expected: Int) throws(EvaluationError) {
    guard found == expected else { throw .count(of: what, expected: expected, found: found) }
}

/// Throws if a number is NaN or infinite.
func requireFinite(_ what: String, _ values: [Double]) throws(EvaluationError) {
    guard let index = values.firstIndex(where: { !$0.isFinite }) else { return }
    throw .value(of: what, index: index, expected: "a finite number", found: "\(values[index])")
}

/// Throws unless every weight is finite and not negative.
func requireWeights(_ weights: [Double]) throws(EvaluationError) {
    guard let index = weights.firstIndex(where: { !($0.isFinite && $0 >= 0) }) else { return }
    throw .value(of: "weights", index: index, expected: "a number ≥ 0", found: "\(weights[index])")
}
