import Pipeline
import Torch

/// Draws completions with continuous batching: a finished sequence leaves at once and the next takes its
/// place, and nothing is padded. A group's prompt is computed once.
public struct Generator {
    private let decoder: Decoder
    private let stopTokens: Set<Int32>
    private let text: (ArraySlice<Int32>) throws -> String
    /// Sequences in a step. More of them share one reading of the weights; each holds its keys and values.
    public var batchSize = 32

    /// Whether completions keep `drawLogProbabilities`.
    public var keepsDrawLogProbabilities = false

    /// Most sequences in a step: as many as the projections compute row by row without regard to each other,
    /// which is what makes a completion independent of the others.
    public static let largestBatch = 64

    /// - Parameters:
    ///   - stopTokens: tokens that end a completion.
    ///   - text: the text of token ids, for stop texts.
    public init(
        _ decoder: Decoder, stopTokens: Set<Int32>,
        text: @escaping (ArraySlice<Int32>) throws -> String = { _ in "" }
    ) {
        self.decoder = decoder
        self.stopTokens = stopTokens
        self.text = text
    }

    /// Completions of every prompt, `[N][G]`.
    ///
    /// A completion depends on the prompt, the seed, the prompt's key and the completion's place in its
    /// group, not on what else is drawn or on `batchSize`: the same tokens and the same bits of the
    /// log-probabilities.
    ///
    /// - Parameters:
    ///   - prompts: token ids; each at least one.
    ///   - keys: a number that names each prompt in the seed's space, such as its index in the whole run.
    ///   - groupSize: G.
    ///   - progress: called after each token step with the number of completions that are done.
    /// - Throws: `LanguageModelError` for an empty prompt, a wrong configuration or a prompt that leaves no
    ///   room.
    public func generate(
        _ prompts: [[Int32]], keys: [Int], groupSize: Int, seed: UInt64, configuration: SamplingConfiguration,
        progress: (Int) -> Void = { _ in }
    ) throws -> [[Completion]] {
        try configuration.validate()
        try check(prompts, keys, configuration)
        guard !prompts.isEmpty, groupSize > 0 else { return [] }
        let empty = Completion(ids: [], logProbabilities: [], ending: .truncated)
        var completions = Array(
            repeating: Array(repeating: empty, count: groupSize), count: prompts.count)
        var waiting = PendingPrompts(count: prompts.count, groupSize: groupSize)
        var doneCount = 0
        try draw(
            next: {
                waiting.next().map {
                    WaitingSequence(
                        tokens: prompts[$0.prompt], key: keys[$0.prompt], prompt: $0.prompt, place: $0.place,
                        isLast: $0.isLast, seed: seed, configuration: configuration)
                }
            },
            finished: { sequence in
                completions[sequence.prompt][sequence.place] = sequence.completion
                doneCount += 1
            }, stepped: { progress(doneCount) })
        return completions
    }

    /// Draws completions of prompts that come while others are drawn: whenever a place is free, `next` is
    /// asked for another, until it has none and all that were begun are done. One completion a prompt, the
    /// same that `generate` draws for its key.
    ///
    /// - Parameters:
    ///   - next: a prompt's tokens and the key that names it here and in `finished`; nil where none waits.
    ///   - finished: gets each completion as soon as it ends.
    ///   - stepped: called after each token step.
    /// - Throws: `LanguageModelError` for an empty prompt, a wrong configuration or a prompt that leaves no
    ///   room; what the closures throw.
    public func generate(
        seed: UInt64, configuration: SamplingConfiguration,
        next: () throws -> (tokens: [Int32], key: Int)?, finished: (Int, Completion) throws -> Void,
        stepped: () -> Void = {}
    ) throws {
        try configuration.validate()
        try check([], [], configuration)
        try draw(
            next: {
                guard let (tokens, key) = try next() else { return nil }
                try check([tokens], [key], configuration)
                return WaitingSequence(
                    tokens: tokens, key: key, prompt: key, place: 0, isLast: true, seed: seed,
                    configuration: configuration)
            }, finished: { try finished($0.prompt, $0.completion) }, stepped: stepped)
    }

    /// - Parameters:
    ///   - drawn: gets the sequences after each token step, before those that are done leave.
    ///   - finished: gets each sequence that is done, once.
    ///   - stepped: called after those that are done have left.
    func draw(
        next: () throws -> WaitingSequence?,
        drawn: (inout [ActiveSequence]) throws -> Void = { _ in },
        finished: (ActiveSequence) throws -> Void = { _ in }, stepped: () -> Void = {}
    ) throws {
        try withoutGrad {
            var run = GenerationRun(decoder)
            var active: [ActiveSequence] = []
            while true {
                var isExhausted = false
                while active.count < batchSize {  // new sequences join
                    guard let next = try next() else {
                        isExhausted = true
                        break
                    }
                    if next.place == 0 { try run.prefill(next.tokens) }
                    var fresh = [
                        ActiveSequence(
                            prompt: next.prompt, place: next.place, configuration: next.configuration,
                            cached: try run.fork(isLast: next.isLast),
                            generator: SeededGenerator(seed: next.seed, path: next.key, next.place),
                            seen: next.configuration.repetitionPenalty == 1 ? [] : Set(next.tokens))
                    ]
                    try extend(&fresh, scores: run.promptScores())
                    active += fresh
                }
                try drawn(&active)
                for sequence in active where sequence.isDone {  // finished ones leave
                    run.release(sequence.cached)
                    try finished(sequence)
                }
                active.removeAll { $0.isDone }
                stepped()
                if active.isEmpty {
                    if isExhausted { return }
                    continue
                }
                try extend(&active, scores: run.step(&active))
            }
        }
    }

    /// Draws one token a sequence from scores `[B, V]`.
    private func extend(_ sequences: inout [ActiveSequence], scores: Tensor) throws {
        let normalizers: [Float] = try scores.logNormalizers().elements()
        let scaled = try scaledNormalizers(sequences, scores)
        let tokens = try drawTokens(&sequences, scores)
        let places = try Tensor.from(tokens.map(Int64.init), shape: [tokens.count, 1])
        let chosen: [Float] = try scores.gathering(places, axis: 1).elements()
        for (row, (token, score)) in zip(tokens, chosen).enumerated() {
            let own = sequences[row].configuration
            try sequences[row].append(
                Int32(token), logProbability: score - normalizers[row],
                drawLogProbability: scaled.map { score / Float(own.temperature) - $0[row] }
            ) { try isStop($0, own.stopTexts) }
        }
    }

    /// log Σ exp of the scores `[B, V]` over the temperature, `[B]`; nil where no completion keeps it.
    private func scaledNormalizers(_ sequences: [ActiveSequence], _ scores: Tensor) throws -> [Float]? {
        guard keepsDrawLogProbabilities, let temperature = sequences.first?.configuration.temperature,
            temperature != 0, temperature != 1
        else { return nil }
        return try (scores * (1 / temperature)).logNormalizers().elements()
    }

    /// One token a sequence; rows of one configuration are drawn together.
    private func drawTokens(_ sequences: inout [ActiveSequence], _ scores: Tensor) throws -> [Int] {
        guard let first = sequences.first?.configuration else { return [] }
        if sequences.allSatisfy({ $0.configuration == first }) {
            return try Sampler(first).draw(scores, for: &sequences)
        }
        return try sequences.indices.map { row in
            var own = [sequences[row]]
            defer { sequences[row] = own[0] }
            return try Sampler(own[0].configuration).draw(scores.slice(0, row..<row + 1), for: &own)[0]
        }
    }

    private func isStop(_ completion: Completion, _ stopTexts: [String]) throws -> Bool {
        guard let last = completion.ids.last else { return false }
        if stopTokens.contains(last) { return true }
        guard let longest = stopTexts.map(\.utf8.count).max() else { return false }
        // A token is at least one byte, so a stop text that this token completed lies in the last `longest`
        // tokens.
        let tail = try text(completion.ids.suffix(longest))
        return stopTexts.contains { tail.contains($0) }
    }

    func check(_ prompts: [[Int32]], _ keys: [Int], _ configuration: SamplingConfiguration) throws {
        guard (1...Self.largestBatch).contains(batchSize) else {
            throw LanguageModelError.configuration(
                "the generation batch is \(batchSize); expected 1 to \(Self.largestBatch)")
        }
        guard keys.count == prompts.count else {
            throw LanguageModelError.tokens("\(prompts.count) prompts need as many keys, not \(keys.count)")
        }
        let longest = decoder.configuration.contextLength
        for (index, prompt) in prompts.enumerated() {
            guard !prompt.isEmpty else { throw LanguageModelError.tokens("prompt \(index) has no token") }
            guard prompt.count + configuration.maximumTokens <= longest else {
                throw LanguageModelError.tokens(
                    "prompt \(index) has \(prompt.count) tokens; with \(configuration.maximumTokens) new "
                        + "ones it passes"
                        + " the model's \(longest)")
            }
        }
    }
}

/// The completions that have not begun, in order.
private struct PendingPrompts {
    let count: Int
    let groupSize: Int
    private var begun = 0

    init(count: Int, groupSize: Int) {
        self.count = count
        self.groupSize = groupSize
    }

    mutating func next() -> (prompt: Int, place: Int, isLast: Bool)? {
        guard begun < count * groupSize else { return nil }
        defer { begun += 1 }
        return (begun / groupSize, begun % groupSize, begun % groupSize == groupSize - 1)
    }
}
