import Foundation

/// Bins of probabilities, each a factor of 2 wide: bin b holds (2^−(b+1), 2^−b], the last one everything
/// below.
private let binCount = 24

func calibrationBin(_ probability: Double) -> Int {
    probability > 0 ? min(binCount - 1, max(0, Int((-log2(probability)).rounded(.down)))) : binCount - 1
}

/// Predicted and observed positives by bin.
struct CalibrationSums {
    private var predicted = [Double](repeating: 0, count: binCount)
    private var observed = [Double](repeating: 0, count: binCount)
    private var weight = 0.0

    mutating func add(bin: Int, probability: Double, label: Bool, weight: Double) {
        predicted[bin] += weight * probability
        if label { observed[bin] += weight }
        self.weight += weight
    }

    /// Predicted over observed; nil if nothing positive was observed.
    var ratio: Double? {
        let positives = observed.reduce(0, +)
        return positives > 0 ? predicted.reduce(0, +) / positives : nil
    }

    /// Σ |predicted − observed| over the bins, over all impressions; nil without any.
    var error: Double? {
        weight > 0 ? zip(predicted, observed).reduce(0) { $0 + abs($1.0 - $1.1) } / weight : nil
    }
}
