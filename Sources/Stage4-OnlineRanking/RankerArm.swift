import Pipeline
import RankingModels

/// One of the rankers that are compared: the same network, data and seed with other feature groups.
enum RankerArm: String, CaseIterable {
    case baseline = "baseline"
    case codes = "+ codes"
    case sequence = "+ sequence"
    case both = "+ both"
    /// Every user gets another user's codes and similar user, drawn by seed: what two more feature groups are
    /// worth without their meaning.
    case placebo = "+ both, shuffled (placebo)"

    /// The feature groups of this arm.
    ///
    /// - Parameters:
    ///   - features: one a user.
    ///   - before: only behaviours of the similar user before this time are lent.
    func features(
        _ features: [UserFeature], _ data: RankingData, codeCount: Int, length: Int, before time: Int32,
        seed: UInt64
    ) -> EnhancedFeatures {
        var features = features
        if self == .placebo {
            var generator = SeededGenerator(seed: seed)
            features.shuffle(using: &generator)
        }
        let hasCodes = self == .codes || self == .both || self == .placebo
        let hasSequence = self == .sequence || self == .both || self == .placebo
        return EnhancedFeatures(
            codes: hasCodes ? features.map(\.codes) : [], codeCount: hasCodes ? codeCount : 0,
            similarSequences: hasSequence
                ? features.map { data.recentItems(of: $0.similarUser, before: time, atMost: length) } : [])
    }
}
