/// A seeded percentile bootstrap: units (users, as a rule) are drawn with replacement, the statistic is
/// computed again, and the middle of its distribution is the interval.
public struct Bootstrap: Sendable, Equatable, Codable {
    /// Resamples drawn.
    public var resampleCount: Int
    /// Share of the distribution inside the interval, in (0, 1).
    public var confidence: Double
    /// The same seed gives the same interval.
    public var seed: UInt64

    /// Settings of a bootstrap.
    public init(resampleCount: Int = 1_000, confidence: Double = 0.95, seed: UInt64) {
        self.resampleCount = resampleCount
        self.confidence = confidence
        self.seed = seed
    }

    /// Interval of the mean of one value a user.
    public func mean(of values: [Double]) throws(EvaluationError) -> BootstrapInterval {
        guard !values.isEmpty else { throw .empty(what: "values") }
        try requireFinite("values", values)
        let total = Double(values.count)
        return try interval(unitCount: values.count) { multiplicity in
            var sum = 0.0
            for index in values.indices {
                sum += (multiplicity.map { Double($0[index]) } ?? 1) * values[index]
            }
            return sum / total
        }
    }

    /// Interval of the mean of `values[i] − reference[i]` over the same users.
    public func meanDifference(
        of values: [Double], minus reference: [Double]
    ) throws(EvaluationError) -> BootstrapInterval {
        try requireCount("reference", reference.count, values.count)
        return try mean(of: zip(values, reference).map { $0 - $1 })
    }

    /// Interval of Σ `values` over Σ `reference`, less 1, over the same users; nil where the reference's sum
    /// is not positive.
    public func lift(
        of values: [Double], over reference: [Double]
    ) throws(EvaluationError) -> BootstrapInterval? {
        try requireCount("reference", reference.count, values.count)
        guard reference.reduce(0, +) > 0 else { return nil }
        return try interval(unitCount: values.count) { multiplicity in
            var (sum, other) = (0.0, 0.0)
            for unit in values.indices {
                let times = Double(multiplicity?[unit] ?? 1)
                sum += times * values[unit]
                other += times * reference[unit]
            }
            return other > 0 ? sum / other - 1 : nil
        }
    }

    /// Interval of a metric over impressions; whole users are drawn, since a user's impressions are not
    /// independent.
    ///
    /// - Parameter models: one, or several of the same impressions, whose mean it is.
    public func interval(
        of metric: RankingMetric, over models: [ImpressionScores]
    ) throws(EvaluationError) -> BootstrapInterval {
        guard let first = models.first else { throw .empty(what: "models") }
        for model in models.dropFirst() { try requirePaired(model, first) }
        return try interval(unitCount: first.users.count) { metric.mean(over: models, $0) }
    }

    /// Interval of how much larger a metric is than under other models of the same impressions.
    ///
    /// - Parameters: as in `interval(of:over:)`.
    /// - Throws: `EvaluationError.unpaired` if they are not the same impressions in the same order.
    public func difference(
        of metric: RankingMetric, between models: [ImpressionScores], minus references: [ImpressionScores]
    ) throws(EvaluationError) -> BootstrapInterval {
        guard let first = models.first, !references.isEmpty else { throw .empty(what: "models") }
        for model in models.dropFirst() + references { try requirePaired(model, first) }
        return try interval(unitCount: first.users.count) { multiplicity in
            guard let own = metric.mean(over: models, multiplicity),
                let other = metric.mean(over: references, multiplicity)
            else { return nil }
            return own - other
        }
    }

    /// Interval of how much larger the difference between models and others is on some users than on all;
    /// nil where a metric is undefined on either.
    ///
    /// - Parameters:
    ///   - models: one, or several of the same impressions, whose mean it is; `references` likewise.
    ///   - members: the users of the smaller group.
    /// - Throws: `EvaluationError.unpaired` if they are not the same impressions in the same order.
    public func gainDifference(
        of metric: RankingMetric, between models: [ImpressionScores], minus references: [ImpressionScores],
        within members: Set<Int32>
    ) throws(EvaluationError) -> BootstrapInterval? {
        guard let first = models.first, !references.isEmpty else { throw .empty(what: "models") }
        for model in models.dropFirst() + references { try requirePaired(model, first) }
        let isMember = first.users.map { members.contains($0) ? 1 : 0 }
        func gain(_ multiplicity: [Int]?) -> Double? {
            guard let own = metric.mean(over: models, multiplicity),
                let other = metric.mean(over: references, multiplicity)
            else { return nil }
            return own - other
        }
        func difference(_ multiplicity: [Int]?) -> Double? {
            let restricted = multiplicity.map { zip($0, isMember).map { $0 * $1 } } ?? isMember
            guard let group = gain(restricted), let all = gain(multiplicity) else { return nil }
            return group - all
        }
        guard difference(nil) != nil else { return nil }
        return try interval(unitCount: first.users.count, of: difference)
    }

    private func requirePaired(
        _ model: ImpressionScores, _ reference: ImpressionScores
    ) throws(EvaluationError) {
        try requireCount("reference", reference.count, model.count)
        for index in 0..<model.count {
            let isSame =
                model.users[Int(model.userOf[index])] == reference.users[Int(reference.userOf[index])]
                && model.labels[index] == reference.labels[index]
                && model.weights[index] == reference.weights[index]
            guard isSame else { throw .unpaired(index: index) }
        }
    }

    /// Interval of any statistic of `unitCount` units.
    /// - Parameter statistic: takes how often each unit was drawn (nil: once); nil where it is undefined.
    /// - Throws: `EvaluationError` if the settings make no interval, or the statistic is undefined on the
    ///   data itself or on every resample.
    public func interval(
        unitCount: Int, of statistic: (_ multiplicity: [Int]?) -> Double?
    ) throws(EvaluationError) -> BootstrapInterval {
        guard unitCount > 0 else { throw .empty(what: "units to resample") }
        guard confidence > 0, confidence < 1 else {
            throw .value(of: "confidence", index: 0, expected: "a share in (0, 1)", found: "\(confidence)")
        }
        guard let estimate = statistic(nil) else { throw .empty(what: "one class of the data") }
        var generator = ResamplingGenerator(seed: seed)
        var draws: [Double] = []
        for _ in 0..<max(0, resampleCount) {
            var multiplicity = [Int](repeating: 0, count: unitCount)
            for _ in 0..<unitCount { multiplicity[generator.next(below: unitCount)] += 1 }
            if let draw = statistic(multiplicity) { draws.append(draw) }
        }
        guard !draws.isEmpty else { throw .empty(what: "the list of resamples with a defined statistic") }
        draws.sort()
        let tail = (1 - confidence) / 2
        return BootstrapInterval(
            estimate: estimate, lower: percentile(tail, ofSorted: draws),
            upper: percentile(1 - tail, ofSorted: draws), confidence: confidence,
            resampleCount: resampleCount, undefinedCount: max(0, resampleCount) - draws.count)
    }
}

extension RankingMetric {
    /// Its mean over models of the same impressions; nil where one has none.
    fileprivate func mean(over models: [ImpressionScores], _ multiplicity: [Int]?) -> Double? {
        var sum = 0.0
        for model in models {
            guard let value = model.value(of: self, multiplicity: multiplicity) else { return nil }
            sum += value
        }
        return sum / Double(models.count)
    }
}

/// Linear interpolation between the two nearest order statistics.
func percentile(_ share: Double, ofSorted values: [Double]) -> Double {
    let position = share * Double(values.count - 1)
    let below = Int(position.rounded(.down))
    let above = min(below + 1, values.count - 1)
    return values[below] + (position - Double(below)) * (values[above] - values[below])
}
