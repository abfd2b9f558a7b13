/// Whatever continues prompts with text: the local engine, or a server.
public protocol TextGenerator {
    /// Whether the assistant's turn can be made to begin with a given text.
    var continuesBeginnings: Bool { get }

    /// Prompts that are best handed over at once, where the local engine takes `count` of them.
    func promptsAtOnce(_ count: Int) -> Int

    /// Turns of every prompt, `[N][k]`.
    ///
    /// - Parameters:
    ///   - seed: of the draws; a turn depends on it, on the prompt's key and on its place among the prompt's
    ///     turns.
    ///   - progress: called on this thread with the number of turns that are done.
    func turns(
        of prompts: [TextPrompt], candidates: Int, seed: UInt64, sampling: SamplingConfiguration,
        progress: (Int) -> Void
    ) throws -> [[TextTurn]]
}

/// A conversation of one user message.
public struct TextPrompt: Sendable, Equatable {
    /// A number that names the prompt in the seed's space, such as its index in the whole run.
    public var key: Int
    /// The user's message.
    public var message: String
    /// What the assistant's turn begins with; a generator that cannot be made to begin leaves it out.
    public var beginning: String

    /// A prompt.
    public init(key: Int, message: String, beginning: String = "") {
        self.key = key
        self.message = message
        self.beginning = beginning
    }
}

/// What the assistant wrote.
public struct TextTurn: Sendable, Equatable {
    /// The whole turn, with its beginning.
    public var text: String
    /// Tokens that were drawn.
    public var tokens: Int
    /// Whether it reached the most tokens.
    public var isTruncated: Bool

    /// Takes every value.
    public init(text: String, tokens: Int, isTruncated: Bool) {
        self.text = text
        self.tokens = tokens
        self.isTruncated = isTruncated
    }
}

extension LanguageModel: TextGenerator {
    /// The local engine draws from any tokens.
    public var continuesBeginnings: Bool { true }

    /// A batch of the run.
    public func promptsAtOnce(_ count: Int) -> Int { count }

    /// See `TextGenerator`.
    public func turns(
        of prompts: [TextPrompt], candidates: Int, seed: UInt64, sampling: SamplingConfiguration,
        progress: (Int) -> Void
    ) throws -> [[TextTurn]] {
        let drawn = try generator.generate(
            prompts.map { try promptTokens(user: $0.message, beginning: $0.beginning) },
            keys: prompts.map(\.key), groupSize: candidates, seed: seed, configuration: sampling,
            progress: progress)
        return try zip(prompts, drawn).map { prompt, completions in
            try completions.map { completion in
                TextTurn(
                    text: prompt.beginning + (try text(of: completion.ids)), tokens: completion.ids.count,
                    isTruncated: completion.ending == .truncated)
            }
        }
    }
}
