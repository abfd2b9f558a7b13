public import Pipeline

/// Heuristic baselines, which cost no language model and must be beaten: the most popular promoted title, and
/// the user's own most frequent. Both see only what happened before the sample's visit.
public struct HeuristicBaselines {
    /// Row of `popularRanking`.
    public static let mostPopular = "most popular"
    /// Row of `ownRanking`.
    public static let ownMostFrequent = "user's own most frequent"
    /// Row of the first title of `ownRanking` alone.
    public static let ownMostFrequentTitle = "user's own most frequent, one title"
    /// Row of item-based nearest neighbours.
    public static let itemNeighbors = "item-kNN"
    /// Row of the sequence model.
    public static let sequenceModel = "sequence model (SASRec)"

    private let catalogue: [CatalogueEntry]
    private let items: [Item]
    /// Catalogue places of an item's title.
    private let placeOfItem: [Int32: Int]
    /// Promoted purchases of each catalogue title before the test window.
    private let popularity: [Int]
    private let eventsOfUser: [Int32: [Event]]

    /// - Parameters:
    ///   - impressions: all of them; conversions outside the test window count.
    ///   - events: all of them.
    public init(catalogue: [CatalogueEntry], items: [Item], impressions: [Impression], events: [Event]) {
        self.catalogue = catalogue
        self.items = items
        let placeOfTitle = Dictionary(
            catalogue.enumerated().map { ($1.title, $0) }, uniquingKeysWith: { first, _ in first })
        let places = items.enumerated().compactMap { index, item in
            placeOfTitle[item.title].map { (Int32(index), $0) }
        }
        placeOfItem = Dictionary(uniqueKeysWithValues: places)
        var popularity = [Int](repeating: 0, count: catalogue.count)
        for impression in impressions where impression.isConversion && impression.period != .test {
            if let place = placeOfItem[impression.item] { popularity[place] += 1 }
        }
        self.popularity = popularity
        // Stable: purchases of one hour keep their order.
        eventsOfUser = Dictionary(grouping: events, by: \.user).mapValues { list in
            list.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }.map(
                \.element)
        }
    }

    /// Catalogue places from the likeliest on.
    func popularRanking() -> [Int] { ranking(counts: popularity) }

    /// Catalogue places by the user's own purchases before `time`, then by popularity.
    func ownRanking(user: Int32, before time: Int64) -> [Int] {
        var counts = [Int](repeating: 0, count: catalogue.count)
        for event in eventsOfUser[user] ?? [] where event.time < time {
            if let place = placeOfItem[event.item] { counts[place] += 1 }
        }
        return ranking(counts: counts)
    }

    /// Catalogue places by a score, then by popularity.
    func ranking(scores: [Double]) -> [Int] {
        scores.indices.sorted {
            (scores[$0], popularity[$0], $1) > (scores[$1], popularity[$1], $0)
        }
    }

    /// Catalogue places that a user bought before `time`, oldest first.
    func history(_ user: Int32, before time: Int64) -> [Int] {
        (eventsOfUser[user] ?? []).filter { $0.time < time }.compactMap { placeOfItem[$0.item] }
    }

    /// The same of every user.
    func histories(before time: Int64) -> [Int32: [Int]] {
        eventsOfUser.keys.reduce(into: [:]) { $0[$1] = history($1, before: time) }
    }

    private func ranking(counts: [Int]) -> [Int] {
        counts.indices.sorted {
            (counts[$0], popularity[$0], $1) > (counts[$1], popularity[$1], $0)
        }
    }

    /// The most frequent category of each level among a user's purchases before `time`.
    func ownCategories(user: Int32, before time: Int64) -> [String?] {
        let bought = (eventsOfUser[user] ?? []).filter { $0.time < time }
        return commonCategories(bought.map { (Int($0.item), 1) })
    }

    /// The most frequent category of each level among promoted purchases before the test window.
    func popularCategories() -> [String?] {
        commonCategories(popularity.enumerated().map { (Int(catalogue[$0].item), $1) })
    }

    private func commonCategories(_ counted: [(item: Int, count: Int)]) -> [String?] {
        (0..<3).map { level in
            var counts: [String: Int] = [:]
            for (item, count) in counted where level < items[item].categories.count {
                counts[items[item].categories[level], default: 0] += count
            }
            return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        }
    }
}
