import Pipeline

/// A column of Tables 1, 3 and 4.
enum AnswerMetric: Equatable {
    /// Share of answers whose category of a level, counted from 0, is the true one.
    case category(Int)
    /// Title_Hit-Rate@K.
    case hit(Int)
    /// Mean CTCVR of the answered items by the ranker that paid no reward.
    case ctcvr
    /// Mean cosine of the answered and the true title.
    case similarity

    /// As a column's title.
    var name: String {
        switch self {
        case .category(let level): "L\(level + 1)"
        case .hit(let depth): "Hit@\(depth)"
        case .ctcvr: "CTCVR"
        case .similarity: "similarity"
        }
    }

    /// Digits after the point.
    var digits: Int { self == .ctcvr ? 5 : 3 }

    /// Those of Table 1.
    static func table(_ depths: [Int]) -> [AnswerMetric] {
        (0..<3).map(AnswerMetric.category) + depths.map(AnswerMetric.hit) + [.ctcvr]
    }
}

/// One row over all seeds: every seed's test users side by side.
struct PooledAnswers {
    let name: String
    let seeds: [ScoredAnswers]

    /// One value a test user who has one.
    func values(_ metric: AnswerMetric) -> [Double] { seeds.flatMap { Self.values(metric, of: $0) } }

    /// The mean of each seed.
    func means(_ metric: AnswerMetric) -> [Double] {
        seeds.map { Self.values(metric, of: $0) }.map { $0.reduce(0, +) / Double(max(1, $0.count)) }
    }

    private static func values(_ metric: AnswerMetric, of scored: ScoredAnswers) -> [Double] {
        switch metric {
        case .category(let level): scored.categoryHits.compactMap { $0[level] }.map { $0 ? 1 : 0 }
        case .hit(let depth): scored.hits(depth)
        case .ctcvr: scored.ctcvr
        case .similarity: scored.similarity
        }
    }

    /// The mean of a format rate over the seeds; nil for a row that writes no text.
    func formatRate(_ rate: (FormatRates) -> Double) -> Double? {
        let rates = seeds.compactMap { $0.format.map(rate) }
        return rates.isEmpty ? nil : rates.reduce(0, +) / Double(rates.count)
    }
}
