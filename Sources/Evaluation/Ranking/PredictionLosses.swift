import Foundation

/// Probabilities are kept this far from 0 and 1, so that one confident mistake has a finite loss. Small
/// enough for conversion rates of a millionth.
let probabilityFloor = 1e-12

/// Weighted mean of −log P(label), probabilities clamped to [1e-12, 1 − 1e-12]. In nats.
/// - Returns: nil if the weights sum to 0.
public func logLoss(
    probabilities: [Double], labels: [Bool], weights: [Double]? = nil
) throws(EvaluationError) -> Double? {
    try requirePredictions(probabilities, labels, weights)
    var (sum, total) = (0.0, 0.0)
    for index in probabilities.indices {
        let weight = weights?[index] ?? 1
        sum += weight * sampleLoss(probabilities[index], labels[index])
        total += weight
    }
    return total > 0 ? sum / total : nil
}

func sampleLoss(_ probability: Double, _ label: Bool) -> Double {
    let clamped = min(max(probability, probabilityFloor), 1 - probabilityFloor)
    return label ? -log(clamped) : -log1p(-clamped)
}

private func requirePredictions(
    _ probabilities: [Double], _ labels: [Bool], _ weights: [Double]?
) throws(EvaluationError) {
    guard !probabilities.isEmpty else { throw .empty(what: "probabilities") }
    try requireCount("labels", labels.count, probabilities.count)
    try requireProbabilities(probabilities)
    if let weights {
        try requireCount("weights", weights.count, probabilities.count)
        try requireWeights(weights)
    }
}

func requireProbabilities(_ values: [Double]) throws(EvaluationError) {
    guard let index = values.firstIndex(where: { !(0...1).contains($0) }) else { return }
    throw .value(
        of: "probabilities", index: index, expected: "a number in [0, 1]", found: "\(values[index])")
}
