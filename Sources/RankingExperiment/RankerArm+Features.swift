import Pipeline
import Ranking
import RankingModels

/// Codes and similar users by the text that they are made of, one per user.
struct FeatureSets {
    /// Of the aligned model's reasoning and answer.
    let reasoning: [UserFeature]
    /// Of the base model's output.
    let baseModel: [UserFeature]
    /// Of the titles of the user's history.
    let history: [UserFeature]
}

extension FeatureSets {
    /// Those of a run.
    init(_ run: Run) throws {
        let placebos = try run.output(of: Steps.placeboFeatures)
        self.init(
            reasoning: try run.output(of: Steps.features).features.read(),
            baseModel: try placebos.baseModel.features.read(),
            history: try placebos.history.features.read())
    }
}

extension RankerArm {
    /// The feature groups of this arm.
    ///
    /// - Parameters:
    ///   - time: only behaviours of the similar user before it are lent.
    ///   - seed: of what is shuffled or drawn.
    func features(
        _ sets: FeatureSets, _ data: RankingData, _ configuration: RankConfiguration, before time: Int64,
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
        return EnhancedFeatures(
            features, data, configuration, before: time, hasCodes: self != .sequence,
            hasSequence: self != .codes)
    }
}
