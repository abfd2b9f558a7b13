/// A user of the recommender, §2.1.1.
public struct User: Codable, Sendable, Equatable {
    /// The source's own id.
    public var id: String
    /// What is known about the user, as text for a language model.
    public var profile: String
    /// Categorical values for the ranking model, by name.
    public var attributes: [String: String]
    /// What the user is for.
    public var role: UserRole

    /// A record.
    public init(id: String, profile: String, attributes: [String: String], role: UserRole) {
        self.id = id
        self.profile = profile
        self.attributes = attributes
        self.role = role
    }
}

/// What a user's next purchase is used for; each user has one role.
public enum UserRole: String, Codable, Sendable, CaseIterable {
    /// Fine-tuning, stage 2.
    case activate
    /// Reinforcement learning, stage 3.
    case collaborate
    /// Evaluation; no language model is trained on these users.
    case test
    /// None of these: the user's impressions serve the rankers alone.
    case other
}

/// The four time windows of a run, one after another.
public enum TimePeriod: String, Codable, Sendable, CaseIterable {
    /// Impressions that train the ranker that pays the collaborative reward.
    case rewardTraining
    /// Next purchases that the language model is trained on.
    case languageModel
    /// Impressions that train the rankers that are compared.
    case rankerTraining
    /// Impressions that test those rankers, and next purchases that test the language model.
    case test
}
