public import Evaluation

/// Tables 1 and 3 side by side: base model, fine-tuned, aligned, and what costs nothing.
public struct AnswerTables: Codable, Sendable, Equatable {
    /// Test samples: one a user, none of them seen in training.
    public var samples: Int
    /// The rows.
    public var rows: [AnswerRow]
    /// Differences between rows on the same resampled users.
    public var differences: [AnswerDifference]
}

/// The difference of two rows on the same users.
public struct AnswerDifference: Codable, Sendable, Equatable {
    /// The row.
    public var row: String
    /// What is subtracted.
    public var reference: String
    /// Title Hit-Rate at the largest K.
    public var titleHitRate: BootstrapInterval
    /// Mean CTCVR.
    public var ctcvr: BootstrapInterval
}
