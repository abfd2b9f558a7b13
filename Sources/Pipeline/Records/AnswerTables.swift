/// Tables 1 and 3 side by side: base model, fine-tuned, aligned, and heuristic baselines.
public struct AnswerTables: Codable, Sendable, Equatable {
    /// Test samples: one per user, none of them seen in training.
    public var samples: Int
    /// The rows.
    public var rows: [AnswerRow]
    /// Differences between rows on the same resampled users.
    public var differences: [AnswerDifference]
    /// The same on the users whom both rows answered, where that is not everyone: what is gained by better
    /// answers, without what is gained by answering at all. Nil in files of earlier versions.
    public var differencesOfAnswered: [AnswerDifference]?

    /// Takes every value.
    public init(
        samples: Int, rows: [AnswerRow], differences: [AnswerDifference],
        differencesOfAnswered: [AnswerDifference]? = nil
    ) {
        self.samples = samples
        self.rows = rows
        self.differences = differences
        self.differencesOfAnswered = differencesOfAnswered
    }
}

/// One row of Tables 1 and 3.
public struct AnswerRow: Codable, Sendable, Equatable {
    /// The model or heuristic that answered.
    public var name: String
    /// Table 3; nil for a row that writes no text.
    public var format: FormatRates?
    /// Category accuracy at L1, L2 and L3; nil for a level that no target has.
    public var categoryAccuracy: [Estimate?]
    /// Title Hit-Rate@K.
    public var titleHitRate: [HitRate]
    /// Mean cosine of the answered and the true title, Eq. (3).
    public var similarity: Estimate
    /// Mean CTCVR of the answered items.
    public var ctcvr: Estimate
    /// How much the answers differ from user to user; nil in files of earlier versions.
    public var titles: TitleVariety?

    /// Takes every value.
    public init(
        name: String, format: FormatRates?, categoryAccuracy: [Estimate?], titleHitRate: [HitRate],
        similarity: Estimate, ctcvr: Estimate, titles: TitleVariety? = nil
    ) {
        self.name = name
        self.format = format
        self.categoryAccuracy = categoryAccuracy
        self.titleHitRate = titleHitRate
        self.similarity = similarity
        self.ctcvr = ctcvr
        self.titles = titles
    }
}

/// How much answers differ from user to user: a row that names one title for everybody is no recommendation
/// to anybody.
public struct TitleVariety: Codable, Sendable, Equatable {
    /// Users with an answer.
    public var answered: Int
    /// Different catalogue titles among the answers.
    public var distinct: Int
    /// The title that most users got; the first by name of several. Empty without an answer.
    public var mostFrequent: String
    /// How many users got it.
    public var mostFrequentCount: Int

    /// - Parameter titles: one a user; nil where there is no answer.
    public init(_ titles: [String?]) {
        let counts = titles.reduce(into: [String: Int]()) { counts, title in
            if let title { counts[title, default: 0] += 1 }
        }
        let first = counts.min { ($1.value, $0.key) < ($0.value, $1.key) }
        answered = counts.values.reduce(0, +)
        distinct = counts.count
        mostFrequent = first?.key ?? ""
        mostFrequentCount = first?.value ?? 0
    }
}

/// Title Hit-Rate@K.
public struct HitRate: Codable, Sendable, Equatable {
    /// K.
    public var depth: Int
    /// Share of samples whose true title is among the first K.
    public var rate: Estimate

    /// Takes every value.
    public init(depth: Int, rate: Estimate) {
        self.depth = depth
        self.rate = rate
    }
}

/// The difference of two rows on the same users.
public struct AnswerDifference: Codable, Sendable, Equatable {
    /// The row.
    public var row: String
    /// What is subtracted.
    public var reference: String
    /// Users that it is over; nil in files of earlier versions.
    public var users: Int?
    /// Category accuracy at L1, L2 and L3; nil for a level that no target has.
    public var categoryAccuracy: [Estimate?]
    /// Title Hit-Rate@K.
    public var titleHitRate: [HitRate]
    /// Mean cosine of the answered and the true title, Eq. (3).
    public var similarity: Estimate
    /// Mean CTCVR.
    public var ctcvr: Estimate

    /// Takes every value.
    public init(
        row: String, reference: String, users: Int? = nil, categoryAccuracy: [Estimate?],
        titleHitRate: [HitRate], similarity: Estimate, ctcvr: Estimate
    ) {
        self.row = row
        self.reference = reference
        self.users = users
        self.categoryAccuracy = categoryAccuracy
        self.titleHitRate = titleHitRate
        self.similarity = similarity
        self.ctcvr = ctcvr
    }
}
