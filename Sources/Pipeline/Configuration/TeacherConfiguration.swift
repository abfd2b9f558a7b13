/// How the teacher writes reasoning for prompts that reveal the true next item (RUPR, §2.1.2).
public struct TeacherConfiguration: Codable, Sendable, Equatable {
    /// Whether the teacher sees the true next item (RUPR). Otherwise it predicts one itself, and the model
    /// learns that prediction: direct distillation.
    public var showsTarget = true
    /// k: chains of thought per prompt.
    public var candidates = 3
    /// Maximum length of a chain of thought; a longer one is cut at its last whole sentence.
    public var maximumTokens = 48
    /// Maximum length of the teacher's own prediction; without effect if `showsTarget` is true.
    public var answerTokens = 48
    /// Sampling temperature.
    public var temperature = 0.7
    /// Nucleus sampling: the most likely tokens with this total probability are drawn from.
    public var topP = 0.95
    /// What every chain of thought begins with; a small teacher that begins by itself talks about something
    /// else.
    public var beginning = "The user"
    /// Prompts generated side by side.
    public var batchSize = 24
    /// What the weights are rounded to while the teacher writes; its likelihoods keep their own.
    public var generationWeights = GenerationWeights.float32
    /// A server that writes the reasoning in place of the local model.
    public var endpoint = EndpointConfiguration()

    /// The demo's values.
    public init() {}
}
