/// A user's state before a visit, as prompts, and the item that the visit bought.
public struct PromptSample: Codable, Sendable, Equatable {
    /// A name for the sample, unique in the run.
    public var id: String
    /// Index of the user.
    public var user: Int32
    /// What the sample is used for.
    public var role: UserRole
    /// Time of the visit that bought the target, in seconds since 1970.
    public var time: Int64
    /// Items bought before the visit, newest first.
    public var history: [Int32]
    /// The true next purchased item: a promoted item that the visit bought.
    public var target: Int32
    /// Query, profile and history (§2.1.1).
    public var prompt: String
    /// The same with the target revealed (RUPR, §2.1.2); empty unless the role is `activate`.
    public var revealedPrompt: String

    /// A record.
    public init(
        id: String, user: Int32, role: UserRole, time: Int64, history: [Int32], target: Int32, prompt: String,
        revealedPrompt: String
    ) {
        self.id = id
        self.user = user
        self.role = role
        self.time = time
        self.history = history
        self.target = target
        self.prompt = prompt
        self.revealedPrompt = revealedPrompt
    }
}

/// A user's state at the start of the rankers' training window or of a later snapshot, for stage 4.
public struct InferencePrompt: Codable, Sendable, Equatable {
    /// Index of the user.
    public var user: Int32
    /// Start of the window or moment of the snapshot, in seconds since 1970; the history ends before it.
    public var time: Int64
    /// Query, profile and history.
    public var prompt: String

    /// A record.
    public init(user: Int32, time: Int64, prompt: String) {
        self.user = user
        self.time = time
        self.prompt = prompt
    }
}

/// One of the teacher's chains of thought, §2.1.2.
public struct TeacherSample: Codable, Sendable, Equatable {
    /// Id of the prompt sample.
    public var sample: String
    /// Place among the prompt's candidates.
    public var index: Int
    /// The chain of thought.
    public var reasoning: String
    /// Ways in which it says that the answer was given; empty if none.
    public var leaks: [String]
    /// Whether it reached the most tokens and was cut to whole sentences.
    public var isTruncated: Bool
    /// The answer that it leads to, where the teacher was not shown the true one.
    public var prediction: String?

    /// A record.
    public init(
        sample: String, index: Int, reasoning: String, leaks: [String], isTruncated: Bool,
        prediction: String? = nil
    ) {
        self.sample = sample
        self.index = index
        self.reasoning = reasoning
        self.leaks = leaks
        self.isTruncated = isTruncated
        self.prediction = prediction
    }
}
