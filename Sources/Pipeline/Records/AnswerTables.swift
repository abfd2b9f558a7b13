/// Tables 1 and 3 side by side: base model, fine-tuned, aligned, and heuristic baselines.
public struct AnswerTables: Codable, Sendable, Equatable {
    /// Test samples: one per user, none of them seen in training.
    public var samples: Int
    /// The rows.
    public var rows: [AnswerRow]
    /// Differences between rows on the same resampled users.
    public var differences: [AnswerDifference]

    /// Takes every value.
    public init(samples: Int, rows: [AnswerRow], differences: [AnswerDifference]) {
        self.samples = samples
        self.rows = rows
        self.differences = differences
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

    /// Takes every value.
    public init(
        name: String, format: FormatRates?, categoryAccuracy: [Estimate?], titleHitRate: [HitRate],
        similarity: Estimate, ctcvr: Estimate
    ) {
        self.name = name
        self.format = format
        self.categoryAccuracy = categoryAccuracy
        self.titleHitRate = titleHitRate
        self.similarity = similarity
        self.ctcvr = ctcvr
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
        row: String, reference: String, categoryAccuracy: [Estimate?], titleHitRate: [HitRate],
        similarity: Estimate, ctcvr: Estimate
    ) {
        self.row = row
        self.reference = reference
        self.categoryAccuracy = categoryAccuracy
        self.titleHitRate = titleHitRate
        self.similarity = similarity
        self.ctcvr = ctcvr
    }
}
