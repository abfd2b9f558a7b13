import Foundation
import Pipeline

/// Cross features of a candidate and the text that was written about a user: the candidate's title among
/// those that are nearest to the text, by its place, and the share of these titles that are of the
/// candidate's L3 category, nearer ones counting more; as buckets.
///
///     share(i) = Σⱼ [L3(j) = L3(i)] / (1 + j) / Σⱼ 1 / (1 + j),   j the place of a title, from 0
struct TextCrosses: Sendable {
    /// Cross features of a row.
    static let count = 2
    /// Values of each.
    static let bucketCount = SimilarCrosses.bucketCount

    /// Place of each title that is near to a user's text, `[users]`; by the title's number.
    let places: [[Int32: Int]]
    /// Share of each L3 category, `[users]`; by the category's number.
    private let shares: [[Int32: Double]]
    /// The title of each item, by number.
    private let titleOfItem: [Int32]
    private let thirdOfItem: [Int32]

    init(_ features: [UserFeature], _ data: RankingData) {
        var numbers: [String: Int32] = [:]
        var third: [Int32] = []
        titleOfItem = data.items.indices.map { index in
            let title = data.items[index].title
            if let known = numbers[title] { return known }
            let number = Int32(numbers.count)
            numbers[title] = number
            // Items of one title are of one category, nearly always.
            third.append(data.traits.third[index])
            return number
        }
        thirdOfItem = data.traits.third
        var (places, shares): ([[Int32: Int]], [[Int32: Double]]) = ([], [])
        for feature in features {
            var (own, share): ([Int32: Int], [Int32: Double]) = ([:], [:])
            var all = 0.0
            for (place, title) in (feature.titles ?? []).enumerated() {
                all += 1 / Double(1 + place)
                guard let number = numbers[title] else { continue }
                own[number] = place
                if third[Int(number)] >= 0 { share[third[Int(number)], default: 0] += 1 / Double(1 + place) }
            }
            places.append(own)
            shares.append(all > 0 ? share.mapValues { $0 / all } : [:])
        }
        (self.places, self.shares) = (places, shares)
    }

    /// Buckets of the cross features, `[count]`, for a user and a candidate.
    func buckets(user: Int, item: Int32) -> [Int] {
        let place = places[user][titleOfItem[Int(item)]]
        let share = shares[user][thirdOfItem[Int(item)]] ?? 0
        return [place.map(Self.bucket) ?? 0, SimilarCrosses.bucket(share)]
    }

    /// The last for the nearest title, then steps of a factor √2 in the place.
    static func bucket(_ place: Int) -> Int {
        max(1, bucketCount - 1 - Int((2 * log2(Double(1 + place))).rounded()))
    }
}
