/// One row of Table 1 before averaging: a score for each test sample's answer.
public struct ScoredAnswers: Codable, Sendable, Equatable {
    /// The model or heuristic that answered.
    public var name: String
    /// Table 3; nil for a row that writes no text.
    public var format: FormatRates?
    /// Whether the answered category is the target's, by level, `[samples][3]`; nil where the target has
    /// none.
    public var categoryHits: [[Bool?]]
    /// Rank of the true title, from 0; nil when there is no answer.
    public var titleRanks: [Int?]
    /// CTCVR of the answered item by a ranker that paid no reward; 0 when there is no answer.
    public var ctcvr: [Double]
    /// Cosine of the answered title and the true one, Eq. (3); 0 when there is no answer.
    public var similarity: [Double]
    /// The catalogue title that each answer names or is nearest to; nil inside when there is no answer, and
    /// nil as a whole in files that were written before titles were kept.
    public var titles: [String?]?

    /// Takes every value.
    public init(
        name: String, format: FormatRates?, categoryHits: [[Bool?]], titleRanks: [Int?], ctcvr: [Double],
        similarity: [Double], titles: [String?]? = nil
    ) {
        self.name = name
        self.format = format
        self.categoryHits = categoryHits
        self.titleRanks = titleRanks
        self.ctcvr = ctcvr
        self.similarity = similarity
        self.titles = titles
    }

    /// Places of the samples that have an answer.
    public var answered: [Int] { titleRanks.indices.filter { titleRanks[$0] != nil } }

    /// The scores of some samples, without the form of the texts.
    ///
    /// - Parameter places: of the samples.
    public func of(_ places: [Int]) -> ScoredAnswers {
        ScoredAnswers(
            name: name, format: nil, categoryHits: places.map { categoryHits[$0] },
            titleRanks: places.map { titleRanks[$0] }, ctcvr: places.map { ctcvr[$0] },
            similarity: places.map { similarity[$0] }, titles: titles.map { all in places.map { all[$0] } })
    }

    /// 1 where the true title is among the first `depth`, `[samples]`.
    public func hits(_ depth: Int) -> [Double] {
        titleRanks.map { rank in rank.map { $0 < depth } == true ? 1 : 0 }
    }
}
