public import Evaluation

/// One row of Table 1, before averaging: what each test sample's answer came to.
struct ScoredAnswers: Codable {
    /// What answered.
    let name: String
    /// Table 3; nil for a row that writes no text.
    let format: FormatRates?
    /// Whether the answered category is the target's, by level, `[samples][3]`; nil where the target has
    /// none.
    let categoryHits: [[Bool?]]
    /// Rank of the true title, from 0; nil when there is no answer.
    let titleRanks: [Int?]
    /// CTCVR of the answered item by the ranker that paid no reward; 0 when there is no answer.
    let ctcvr: [Double]
    /// Cosine of the answered title and the true one, Eq. (3); 0 when there is no answer.
    let similarity: [Double]

    /// The row's means with their intervals over users.
    func row(_ bootstrap: Bootstrap, depths: [Int]) throws -> AnswerRow {
        let levels = try (0..<3).map { level in
            try bootstrap.mean(of: categoryHits.compactMap { $0[level] }.map { $0 ? 1 : 0 })
        }
        let hitRates = try depths.map { depth in
            HitRate(depth: depth, rate: try bootstrap.mean(of: hits(depth)))
        }
        return AnswerRow(
            name: name, format: format, categoryAccuracy: levels, titleHitRate: hitRates,
            ctcvr: try bootstrap.mean(of: ctcvr))
    }

    /// 1 where the true title is among the first `depth`, `[samples]`.
    func hits(_ depth: Int) -> [Double] { titleRanks.map { rank in rank.map { $0 < depth } == true ? 1 : 0 } }
}

/// Title Hit-Rate@K.
public struct HitRate: Codable, Sendable, Equatable {
    /// K.
    public var depth: Int
    /// Share of samples whose true title is among the first K.
    public var rate: BootstrapInterval
}

/// One row of Tables 1 and 3.
public struct AnswerRow: Codable, Sendable, Equatable {
    /// What answered.
    public var name: String
    /// Table 3; nil for a row that writes no text.
    public var format: FormatRates?
    /// Category accuracy at L1, L2 and L3.
    public var categoryAccuracy: [BootstrapInterval]
    /// Title Hit-Rate@K.
    public var titleHitRate: [HitRate]
    /// Mean CTCVR of the answered items.
    public var ctcvr: BootstrapInterval
}
