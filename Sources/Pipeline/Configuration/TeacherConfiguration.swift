/// How the teacher writes reasoning for prompts that reveal the true next item (RUPR, §2.1.2).
public struct TeacherConfiguration: Codable, Sendable, Equatable {
    /// Whether the teacher sees the true next item (RUPR). If not, it predicts one itself and the model
    /// learns that prediction: direct distillation, Table 3's "w/o RUPR".
    public var showsTarget = true
    /// k, the number of chains of thought a prompt (§2.2.1: 3).
    public var candidates = 3
    /// Most tokens of a chain of thought.
    public var maximumTokens = 48
    /// Most tokens of a prediction, where it makes one.
    public var answerTokens = 48
    /// Randomness of the draws; candidates should differ.
    public var temperature = 0.7
    /// Likeliest share of tokens that is drawn from.
    public var topP = 0.95
    /// Prompts drawn side by side.
    public var batchSize = 24

    /// The demo's values.
    public init() {}
}
