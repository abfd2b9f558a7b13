import Foundation
import Pipeline
import RankingModels

/// Users as vectors of what they bought, without any language model: log-scaled counts of titles, each
/// weighted by how few users bought it (TF-IDF).
///
///     v(u, t) = log(1 + n(u, t)) · log(U / U(t))
struct PurchaseVectors {
    /// Titles that count: those that most users bought.
    private static let mostTitles = 2048

    /// D.
    let width: Int
    private let data: RankingData
    /// Column of each item's title, −1 for none, `[items]`.
    private let columns: [Int]
    /// log(U / U(t)), `[D]`.
    private let weights: [Float]

    /// - Parameters:
    ///   - time: titles are chosen and weighted by purchases before it.
    ///   - multiple: what the width is a multiple of: sub-quantizers.
    init(_ data: RankingData, before time: Int64, widthMultipleOf multiple: Int) {
        self.data = data
        var users: [String: Int] = [:]
        for user in data.users.indices {
            let own = data.items(of: Int32(user), from: .min, before: time)
            for title in Set(own.lazy.map { data.items[Int($0)].title }) { users[title, default: 0] += 1 }
        }
        let titles = users.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.mostTitles)
        width = max(multiple, (titles.count + multiple - 1) / multiple * multiple)
        var places: [String: Int] = [:]
        var weights = [Float](repeating: 0, count: width)
        for (place, title) in titles.enumerated() {
            places[title.key] = place
            weights[place] = Float(log(Double(data.users.count + 1) / Double(title.value)))
        }
        columns = data.items.map { places[$0.title] ?? -1 }
        self.weights = weights
    }

    /// The vector of purchases, `[D]`; one that is alike in all columns where there are none.
    func vector(_ items: [Int32]) -> [Float] {
        var counts = [Float](repeating: 0, count: width)
        for item in items where columns[Int(item)] >= 0 { counts[columns[Int(item)]] += 1 }
        let vector = zip(counts, weights).map { log(1 + $0) * $1 }
        return vector.contains { $0 > 0 } ? vector : [Float](repeating: 1, count: width)
    }

    /// The vector of what a user bought from a time on and before another, `[D]`.
    func vector(of user: Int32, from start: Int64 = .min, before end: Int64) -> [Float] {
        vector(data.items(of: user, from: start, before: end))
    }
}
