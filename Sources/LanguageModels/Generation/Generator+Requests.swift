import Pipeline

extension Generator {
    /// Draws completions of requests that come while others are drawn, each with sampling of its own.
    ///
    /// - Parameters:
    ///   - next: a request, where one waits; those of one prompt follow each other.
    ///   - drawn: gets every completion after each of its tokens, also after its last one.
    ///   - isWanted: asked between token steps; a completion that nobody wants any more leaves.
    /// - Throws: as the other `generate`s, and what the closures throw.
    public func generate(
        next: () throws -> GenerationRequest?,
        drawn: (GenerationRequest.Place, Completion, Bool) throws -> Void,
        isWanted: (GenerationRequest.Place) -> Bool
    ) throws {
        try check([], [], SamplingConfiguration(maximumTokens: 1))
        try draw(
            next: {
                guard let request = try next() else { return nil }
                try check(request)
                return WaitingSequence(
                    tokens: request.tokens, key: 0, prompt: request.place.key, place: request.place.choice,
                    isLast: request.isLastChoice, seed: request.seed, configuration: request.sampling)
            },
            drawn: { sequences in
                for index in sequences.indices {
                    let sequence = sequences[index]
                    let place = GenerationRequest.Place(key: sequence.prompt, choice: sequence.place)
                    try drawn(place, sequence.completion, sequence.isDone)
                    if !sequence.isDone, !isWanted(place) { sequences[index].isDone = true }
                }
            })
    }

    /// Whether a request can be drawn.
    ///
    /// - Throws: `LanguageModelError` for an empty prompt, a wrong configuration or a prompt that leaves no
    /// room.
    public func check(_ request: GenerationRequest) throws {
        try request.sampling.validate()
        try check([request.tokens], [0], request.sampling)
    }
}

/// A completion that is asked for, with sampling of its own.
public struct GenerationRequest: Sendable {
    /// Names a completion while it is drawn.
    public struct Place: Hashable, Sendable {
        /// Names the prompt.
        public let key: Int
        /// The completion's place among those of the prompt, from 0.
        public let choice: Int

        /// A place.
        public init(key: Int, choice: Int) { (self.key, self.choice) = (key, choice) }
    }

    /// The prompt's token ids; at least one.
    public let tokens: [Int32]
    /// Names it in the closures.
    public let place: Place
    /// Whether no further completion of the prompt follows.
    public let isLastChoice: Bool
    /// Of the draws, which also depend on the place among the prompt's completions.
    public let seed: UInt64
    /// How it is drawn.
    public let sampling: SamplingConfiguration

    /// A request.
    public init(
        tokens: [Int32], place: Place, isLastChoice: Bool, seed: UInt64, sampling: SamplingConfiguration
    ) {
        (self.tokens, self.place, self.isLastChoice) = (tokens, place, isLastChoice)
        (self.seed, self.sampling) = (seed, sampling)
    }
}

/// A completion that may begin.
struct WaitingSequence {
    let tokens: [Int32]
    let key: Int
    let prompt: Int
    let place: Int
    /// Whether it is the last of its group.
    let isLast: Bool
    let seed: UInt64
    let configuration: SamplingConfiguration
}
