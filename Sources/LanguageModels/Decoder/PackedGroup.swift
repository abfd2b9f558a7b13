/// A prompt and several continuations of it, for a computation that does the prompt once.
///
/// A continuation sees the prompt and itself, not its neighbours, and its positions go on from the prompt's
/// end: the numbers equal those of separate sequences.
public struct PackedGroup: Sendable, Equatable {
    /// Token ids of the prompt; at least one.
    public let prompt: [Int32]
    /// Token ids of each continuation.
    public let continuations: [[Int32]]

    /// How many tokens at the end of each continuation are scored; nil for all.
    public let scoredTokens: Int?

    /// - Throws: `LanguageModelError.tokens` when the prompt is empty.
    public init(prompt: [Int32], continuations: [[Int32]], scoredTokens: Int? = nil) throws {
        guard !prompt.isEmpty else {
            throw LanguageModelError.tokens("a prompt needs at least one token")
        }
        self.prompt = prompt
        self.continuations = continuations
        self.scoredTokens = scoredTokens
    }

    /// The scored tokens of each continuation, as indices into it.
    var scored: [Range<Int>] {
        continuations.map { max(0, $0.count - (scoredTokens ?? $0.count))..<$0.count }
    }

    /// Tokens of the prompt and all continuations.
    public var tokenCount: Int { continuations.reduce(prompt.count) { $0 + $1.count } }
}
