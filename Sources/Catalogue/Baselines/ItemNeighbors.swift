/// Item-based nearest neighbours: titles are alike that the same users buy (Sarwar et al., 2001, with
/// the cosine of binary columns). What a user bought before counts as a neighbour of its own, since many
/// things
/// are bought again.
///
///     score(c) = Σ n_h · |U_h ∩ U_c| / √(|U_h| |U_c|) over the titles h of the user's history, each
///     bought n_h times
struct ItemNeighbors {
    private let count: Int
    /// Users that bought both titles, `[count, count]`.
    private let together: [Int32]

    /// - Parameters:
    ///   - histories: catalogue places that each user bought before the test.
    ///   - count: titles of the catalogue.
    init(_ histories: [[Int]], count: Int) {
        self.count = count
        var together = [Int32](repeating: 0, count: count * count)
        for history in histories {
            let titles = Set(history).sorted()
            for first in titles { for second in titles { together[first * count + second] += 1 } }
        }
        self.together = together
    }

    /// Scores of all titles for a user that bought `history`.
    func scores(_ history: [Int]) -> [Double] {
        var times: [Int: Int] = [:]
        for title in history { times[title, default: 0] += 1 }
        var scores = [Double](repeating: 0, count: count)
        for (title, bought) in times.sorted(by: { $0.key < $1.key }) {
            let own = Double(together[title * count + title])
            guard own > 0 else { continue }
            for other in 0..<count where together[title * count + other] > 0 {
                let users = Double(together[other * count + other])
                scores[other] +=
                    Double(bought) * Double(together[title * count + other]) / (own * users).squareRoot()
            }
        }
        return scores
    }
}
