import Pipeline
import Ranking
import RankingModels

/// Codes and similar users by the text that they are made of, snapshot by snapshot.
struct FeatureSets {
    /// Of the aligned model's reasoning and answer.
    let reasoning: [FeatureSnapshot]
    /// Of the base model's output.
    let baseModel: [FeatureSnapshot]
    /// Of the titles of the user's history.
    let history: [FeatureSnapshot]
    /// Of purchase vectors.
    let purchases: [FeatureSnapshot]
    /// Of the purchases that follow.
    let nextPurchases: [FeatureSnapshot]
    /// Of the titles of the next visit.
    let nextVisit: [FeatureSnapshot]
}

extension FeatureSets {
    /// Those of a run.
    init(_ run: Run) throws {
        let placebos = try run.output(of: Steps.placeboFeatures)
        self.init(
            reasoning: try run.output(of: Steps.features).snapshots(),
            baseModel: try placebos.baseModel.snapshots(),
            history: try placebos.history.snapshots(),
            purchases: try placebos.purchases.snapshots(),
            nextPurchases: try placebos.nextPurchases.snapshots(),
            nextVisit: try placebos.nextVisit.snapshots())
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
        var features = sets.reasoning
        switch self {
        case .baseline, .plain: return .none
        case .codes, .sequence, .both, .plainBoth, .text: break
        case .oneNeighbor: features.keepNeighbors(1)
        case .tenNeighbors: features.keepNeighbors(10)
        case .frozen: features = Array(features.prefix(1))
        case .shuffled, .textShuffled:
            for place in features.indices {
                // Every snapshot alike: a user keeps the other user whose features it reads.
                var generator = SeededGenerator(seed: seed)
                features[place].features.shuffle(using: &generator)
            }
        case .randomNeighbors:
            for place in features.indices {
                var generator = SeededGenerator(seed: seed)
                features[place].features.drawNeighbors(using: &generator)
            }
        case .baseModel, .textBase: features = sets.baseModel
        case .history, .textHistory: features = sets.history
        case .purchases: features = sets.purchases
        case .oracleNeighbors: features = sets.nextPurchases
        case .oracleText, .textOracle: features = sets.nextVisit
        }
        return EnhancedFeatures(
            features, data, configuration, before: time, hasCodes: self != .sequence && !isTextAlone,
            hasSequence: self != .codes && !isTextAlone, hasTexts: self != .codes && self != .sequence)
    }
}

extension [UserFeature] {
    /// Gives every user as many others as it has similar users, each as likely, none twice.
    fileprivate mutating func drawNeighbors(using generator: inout SeededGenerator) {
        for user in indices {
            var drawn: [Int32] = []
            while drawn.count < Swift.min(self[user].similarUsers.count, count - 1) {
                let other = Int32.random(in: 0..<Int32(count), using: &generator)
                if other != Int32(user), !drawn.contains(other) { drawn.append(other) }
            }
            self[user].similarUsers = drawn
        }
    }
}

extension [FeatureSnapshot] {
    /// Keeps the most similar users of every user.
    fileprivate mutating func keepNeighbors(_ count: Int) {
        for snapshot in indices {
            for user in self[snapshot].features.indices {
                let own = self[snapshot].features[user]
                self[snapshot].features[user].similarUsers = [Int32](own.similarUsers.prefix(count))
                self[snapshot].features[user].similarities = [Double](own.similarities.prefix(count))
            }
        }
    }
}
