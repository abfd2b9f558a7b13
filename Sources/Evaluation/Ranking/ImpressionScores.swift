/// What is measured over impressions and resampled by user.
public enum RankingMetric: String, Sendable, Codable, CaseIterable {
    /// Area under the ROC curve of all impressions together.
    case auc
    /// Area under the ROC curve within each user, averaged by impressions.
    case gauc
    /// Mean −log P(label); the scores must be probabilities.
    case logLoss
    /// Predicted over observed positives: 1 is calibrated. The scores must be probabilities.
    case calibration
    /// Expected calibration error: the mean distance of predicted and observed rate over bins of the
    /// probability, each a factor of 2 wide, so that rates of a thousandth are told apart. The scores must be
    /// probabilities.
    case calibrationError
}

/// Scores of N impressions, sorted once, so that a metric under other weights of the users costs one pass
/// (AUC) or one term a user (GAUC, log-loss).
public struct ImpressionScores: Sendable {
    /// Different users, in rising order of their number; the index here is what `multiplicity` is indexed by.
    public let users: [Int32]
    /// Impressions.
    public var count: Int { labels.count }

    let labels: [Bool]
    let weights: [Double]
    /// Position in `users` of each impression's user.
    let userOf: [Int32]
    private let scores: [Double]
    /// Impressions by rising score.
    private let order: [Int32]
    /// AUC, weight and mean loss of each user; losses only if all scores are probabilities.
    private let userAreas: [Double?]
    private let userWeights: [Double]
    private let userLosses: [Double?]?
    /// Calibration bin of each impression; nil unless all scores are probabilities.
    private let bins: [Int]?

    /// Sorts and sums up impressions.
    /// - Parameters:
    ///   - scores: finite; in [0, 1] if log-loss is wanted. `[N]`
    ///   - labels: whether each impression is positive. `[N]`
    ///   - users: user of each impression. `[N]`
    ///   - weights: weight of each impression, ≥ 0; 1 if nil. `[N]`
    public init(
        scores: [Double], labels: [Bool], users: [Int32], weights: [Double]? = nil
    ) throws(EvaluationError) {
        guard !scores.isEmpty else { throw .empty(what: "impressions") }
        try requireCount("labels", labels.count, scores.count)
        try requireCount("users", users.count, scores.count)
        try requireFinite("scores", scores)
        let weights = weights ?? [Double](repeating: 1, count: scores.count)
        try requireCount("weights", weights.count, scores.count)
        try requireWeights(weights)

        let distinct = Set(users).sorted()
        let position = Dictionary(uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) })
        let userOf = users.map { position[$0] ?? 0 }
        let order = scores.indices.sorted { scores[$0] < scores[$1] }.map { Int32($0) }

        var sums = [RankSum](repeating: RankSum(), count: distinct.count)
        var lastScore = [Double](repeating: -.infinity, count: distinct.count)
        var userWeights = [Double](repeating: 0, count: distinct.count)
        var losses = [Double](repeating: 0, count: distinct.count)
        for sample in order.map({ Int($0) }) {
            let user = Int(userOf[sample])
            sums[user].add(
                weight: weights[sample], isPositive: labels[sample],
                startsTie: lastScore[user] != scores[sample])
            lastScore[user] = scores[sample]
            userWeights[user] += weights[sample]
            losses[user] += weights[sample] * sampleLoss(scores[sample], labels[sample])
        }
        self.users = distinct
        self.labels = labels
        self.weights = weights
        self.userOf = userOf
        self.scores = scores
        self.order = order
        self.userWeights = userWeights
        userAreas = sums.map(\.area)
        let areProbabilities = scores.allSatisfy((0...1).contains)
        userLosses = areProbabilities ? zip(losses, userWeights).map { $1 > 0 ? $0 / $1 : nil } : nil
        bins = areProbabilities ? scores.map(calibrationBin) : nil
    }

    /// GAUC with its counts.
    public var groupedAUC: GroupedAUC { GroupedAUC(areas: userAreas, weights: userWeights) }

    /// A metric with each user's impressions counted `multiplicity` times (once if nil).
    /// - Returns: nil where the metric is undefined: one class only, or log-loss of scores outside [0, 1].
    public func value(of metric: RankingMetric, multiplicity: [Int]? = nil) -> Double? {
        switch metric {
        case .auc: area(multiplicity)
        case .gauc: ratio(of: userAreas, multiplicity)
        case .logLoss: userLosses.flatMap { ratio(of: $0, multiplicity) }
        case .calibration: bins.flatMap { calibration($0, multiplicity).ratio }
        case .calibrationError: bins.flatMap { calibration($0, multiplicity).error }
        }
    }

    private func calibration(_ bins: [Int], _ multiplicity: [Int]?) -> CalibrationSums {
        var sums = CalibrationSums()
        for index in labels.indices {
            let times = Double(multiplicity?[Int(userOf[index])] ?? 1)
            sums.add(
                bin: bins[index], probability: scores[index], label: labels[index],
                weight: times * weights[index])
        }
        return sums
    }

    private func area(_ multiplicity: [Int]?) -> Double? {
        var sum = RankSum()
        var lastScore = -Double.infinity
        for sample in order {
            let sample = Int(sample)
            let times = Double(multiplicity?[Int(userOf[sample])] ?? 1)
            if times == 0 { continue }
            sum.add(
                weight: times * weights[sample], isPositive: labels[sample],
                startsTie: scores[sample] != lastScore)
            lastScore = scores[sample]
        }
        return sum.area
    }

    /// Mean over users weighted by their impressions; users without a value are left out.
    private func ratio(of values: [Double?], _ multiplicity: [Int]?) -> Double? {
        var (sum, total) = (0.0, 0.0)
        for user in users.indices {
            guard let value = values[user] else { continue }
            let weight = Double(multiplicity?[user] ?? 1) * userWeights[user]
            sum += weight * value
            total += weight
        }
        return total > 0 ? sum / total : nil
    }
}
