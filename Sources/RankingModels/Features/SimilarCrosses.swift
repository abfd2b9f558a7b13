import Foundation
import Pipeline

/// Cross features of a candidate and what a user's similar users bought before the snapshot: the share of
/// them who bought the item, the same with older purchases counting less, and that of its L3 category; each
/// weighted by similarity, as a bucket.
///
///     share(i) = Σⱼ wⱼ 2^(−ageⱼ(i) / 28 days) / Σⱼ wⱼ
struct SimilarCrosses: Sendable {
    /// A similar user and how much it counts.
    struct Neighbor: Sendable, Equatable {
        var user: Int32
        /// Its cosine, not below 0.
        var weight: Double
    }

    /// Cross features of a row.
    static let count = 3
    /// Values of each.
    static let bucketCount = 16
    /// A purchase of this age counts half, in seconds.
    static let halfLife: Double = 28 * 86_400

    /// Similar users of every user, `[users][k]`.
    let neighbors: [[Neighbor]]
    /// Only purchases before it count.
    let time: Int64
    private let purchases: PurchaseIndex

    init(_ features: [UserFeature], _ data: RankingData, before time: Int64) {
        neighbors = features.map { feature in
            zip(feature.similarUsers, feature.similarities).map { Neighbor(user: $0, weight: max(0, $1)) }
        }
        self.time = time
        purchases = data.purchases
    }

    /// Buckets of the cross features, `[count]`, for a user and a candidate.
    func buckets(user: Int, item: Int32) -> [Int] {
        var (all, plain, recent, category) = (0.0, 0.0, 0.0, 0.0)
        for neighbor in neighbors[user] {
            all += neighbor.weight
            if let newest = purchases.newest(neighbor.user, item: item, before: time) {
                plain += neighbor.weight
                recent += neighbor.weight * decay(newest)
            }
            if let newest = purchases.newest(neighbor.user, categoryOf: item, before: time) {
                category += neighbor.weight * decay(newest)
            }
        }
        return [plain, recent, category].map { Self.bucket(all > 0 ? $0 / all : 0) }
    }

    private func decay(_ newest: Int64) -> Double { exp2(-Double(time - newest) / Self.halfLife) }

    /// 0 for nothing; else steps of a factor √2 from 2^−7 to 1.
    static func bucket(_ share: Double) -> Int {
        share > 0 ? max(1, min(bucketCount - 1, bucketCount - 1 + Int((2 * log2(share)).rounded()))) : 0
    }
}
