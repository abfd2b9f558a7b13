/// Area under the ROC curve: the chance that a positive scores above a negative, ties counting one half
/// (Mann and Whitney).
///
/// - Parameters:
///   - scores: any finite numbers; only their order matters. `[N]`
///   - labels: whether each sample is positive. `[N]`
///   - weights: weight of each sample, ≥ 0; 1 if nil. `[N]`
/// - Returns: a number in [0, 1]; nil if one class has no weight.
public func areaUnderCurve(
    scores: [Double], labels: [Bool], weights: [Double]? = nil
) throws(EvaluationError) -> Double? {
    try requireCount("labels", labels.count, scores.count)
    try requireFinite("scores", scores)
    if let weights {
        try requireCount("weights", weights.count, scores.count)
        try requireWeights(weights)
    }
    let order = scores.indices.sorted { scores[$0] < scores[$1] }
    var sum = RankSum()
    for (position, sample) in order.enumerated() {
        let startsTie = position == 0 || scores[order[position - 1]] != scores[sample]
        sum.add(weight: weights?[sample] ?? 1, isPositive: labels[sample], startsTie: startsTie)
    }
    return sum.area
}

/// Mann–Whitney statistic over samples that arrive by rising score.
struct RankSum {
    private var negatives = 0.0
    private var positives = 0.0
    private var tiedNegatives = 0.0
    private var tiedPositives = 0.0
    private var wins = 0.0

    mutating func add(weight: Double, isPositive: Bool, startsTie: Bool) {
        if startsTie { closeTie() }
        if isPositive { tiedPositives += weight } else { tiedNegatives += weight }
    }

    private mutating func closeTie() {
        wins += tiedPositives * (negatives + 0.5 * tiedNegatives)
        positives += tiedPositives
        negatives += tiedNegatives
        (tiedPositives, tiedNegatives) = (0, 0)
    }

    /// Nil if one class has no weight.
    var area: Double? {
        var closed = self
        closed.closeTie()
        let pairs = closed.positives * closed.negatives
        return pairs > 0 ? closed.wins / pairs : nil
    }
}
