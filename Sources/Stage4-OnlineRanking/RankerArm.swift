import Pipeline
import RankingModels

/// Codes and similar users by the text that they are made of, one a user.
struct FeatureSets {
    /// Of the aligned model's reasoning and answer.
    let reasoning: [UserFeature]
    /// Of the base model's output: what reasoning is worth without the training.
    let baseModel: [UserFeature]
    /// Of the titles of the user's history: what an embedding is worth without any reasoning.
    let history: [UserFeature]
}

/// One of the rankers that are compared: the same network, data and seed with other feature groups.
enum RankerArm: String, CaseIterable {
    case baseline = "baseline"
    case codes = "+ codes"
    case sequence = "+ sequence"
    case both = "+ both"
    /// Every user gets another user's codes and similar user, drawn by seed: what two more feature groups are
    /// worth without their meaning.
    case shuffled = "+ both, shuffled (placebo)"
    /// The user's own codes, and a random other user's sequence.
    case randomNeighbors = "+ both, random neighbours (placebo)"
    case baseModel = "+ both, base model's output (placebo)"
    case history = "+ both, raw history's embedding (placebo)"

    /// The feature groups of this arm.
    ///
    /// - Parameters:
    ///   - before: only behaviours of the similar user before this time are lent.
    func features(
        _ sets: FeatureSets, _ data: RankingData, codeCount: Int, length: Int, before time: Int32,
        seed: UInt64
    ) -> EnhancedFeatures {
        var generator = SeededGenerator(seed: seed)
        var features = sets.reasoning
        switch self {
        case .baseline: return .none
        case .codes, .sequence, .both: break
        case .shuffled: features.shuffle(using: &generator)
        case .randomNeighbors:
            for user in features.indices {
                // Other users, each as likely, none twice.
                var drawn: [Int32] = []
                while drawn.count < min(features[user].similarUsers.count, features.count - 1) {
                    let other = Int32.random(in: 0..<Int32(features.count), using: &generator)
                    if other != Int32(user), !drawn.contains(other) { drawn.append(other) }
                }
                features[user].similarUsers = drawn
            }
        case .baseModel: features = sets.baseModel
        case .history: features = sets.history
        }
        let (hasCodes, hasSequence) = (self != .sequence, self != .codes)
        return EnhancedFeatures(
            codes: hasCodes ? features.map(\.codes) : [], codeCount: hasCodes ? codeCount : 0,
            codebook: hasCodes ? features.first?.codebook ?? "" : "",
            similarSequences: hasSequence
                ? features.map { data.recentItems(of: $0.similarUsers, before: time, atMost: length) } : [],
            cutoff: time)
    }
}
