/// How often the predicted category is the target's, level by level. Tables 1, 3 and 4, Category_L1_ACC to
/// L3.
///
/// Names are compared in lower case with whitespace collapsed. A missing prediction is a miss. A target
/// without a name at a level is left out at that level and counted.
public struct CategoryAccuracy: Sendable, Equatable, Codable {
    /// One level of the category tree.
    public struct Level: Sendable, Equatable, Codable {
        /// Samples whose target has a name at this level.
        public var count: Int
        /// Samples left out because the target has none.
        public var leftOut: Int
        /// Share of `count` that is right; nil if `count` is 0.
        public var accuracy: Double?
        /// Samples of `count` that are right one level up; all of them at L1.
        public var parentCorrectCount: Int
        /// Share of `parentCorrectCount` that is right; nil if that is 0.
        public var accuracyGivenParent: Double?
    }

    /// L1, L2, L3 in order.
    public var levels: [Level]

    /// Accuracy over some samples.
    /// - Parameters:
    ///   - predictions: for each sample the predicted name of each level, nil where missing.
    ///   - targets: for each sample the true name of each level; blank where the item has none.
    public init(predictions: [[String?]], targets: [[String]], levels: Int = 3) throws(EvaluationError) {
        guard !targets.isEmpty else { throw .empty(what: "targets") }
        try requireCount("predictions", predictions.count, targets.count)
        let hits = zip(predictions, targets).map {
            Self.hits(predicted: $0, target: $1, levels: levels)
        }
        self.levels = (0..<levels).map { level in
            let scored = hits.filter { $0[level] != nil }
            let underRightParent = level == 0 ? scored : scored.filter { $0[level - 1] == true }
            return Level(
                count: scored.count, leftOut: hits.count - scored.count,
                accuracy: share(scored, level), parentCorrectCount: underRightParent.count,
                accuracyGivenParent: share(underRightParent, level))
        }
    }

    /// Whether each level of one sample is right; nil where the target has no name.
    public static func hits(predicted: [String?], target: [String], levels: Int = 3) -> [Bool?] {
        (0..<levels).map { level in
            let truth = level < target.count ? normalizedLabel(target[level]) : ""
            if truth.isEmpty { return nil }
            guard level < predicted.count, let name = predicted[level] else { return false }
            return normalizedLabel(name) == truth
        }
    }
}

private func share(_ hits: [[Bool?]], _ level: Int) -> Double? {
    hits.isEmpty ? nil : Double(hits.count { $0[level] == true }) / Double(hits.count)
}
