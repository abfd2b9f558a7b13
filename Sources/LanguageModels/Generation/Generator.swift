import Torch

/// Draws G completions of each of N prompts, all prompts of a batch side by side and each prompt computed
/// once.
public struct Generator {
    private let decoder: Decoder
    private let stopTokens: Set<Int32>

    /// - Parameter stopTokens: tokens that end a completion.
    public init(_ decoder: Decoder, stopTokens: Set<Int32>) {
        self.decoder = decoder
        self.stopTokens = stopTokens
    }

    /// Completions of every prompt, `[N][G]`.
    ///
    /// A completion's random numbers depend on the seed, the prompt's key and the completion's place in its
    /// group, not on what else is drawn.
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
        return try withoutGrad {
            var batch = GenerationBatch(
                keys: keys, promptLengths: prompts.map(\.count), groupSize: groupSize, seed: seed,
                configuration,
                stopTokens)
            let cache = try KeyValueCache(
                decoder.configuration, promptLengths: prompts.map(\.count), groupSize: groupSize,
                capacity: configuration.maximumTokens)
            try batch.take(logits: prefill(prompts, groupSize, cache))
            progress(batch.finishedCount)
            while !batch.isFinished {
                if let kept = batch.compact() { try cache.keep(kept) }
                cache.advance()
                let hidden = try decoder.hidden(
                    batch.lastTokens, positions: batch.positions, attention: cache.mix)
                try batch.take(logits: decoder.logits(hidden))
                progress(batch.finishedCount)
            }
            return batch.completions
        }
    }

    /// Fills the cache with every prompt; gives the scores of the first completion token, `[N·G, V]`.
    private func prefill(_ prompts: [[Int32]], _ groupSize: Int, _ cache: KeyValueCache) throws -> Tensor {
        let last = try prompts.enumerated().map { index, prompt in
            try decoder.hidden(prompt, positions: Array(prompt.indices)) { layer, queries, keys, values in
                try cache.storePrompt(index, layer: layer, keys: keys, values: values)
                return try decoder.mixCausally(layer, queries, keys, values)
            }.slice(0, prompt.count - 1..<prompt.count)
        }
        let logits = try decoder.logits(Tensor.concatenated(last, axis: 0))  // [N, V]
        let rows = prompts.indices.flatMap { Array(repeating: Int64($0), count: groupSize) }
        return try logits.selecting(Tensor.from(rows, shape: [rows.count]))
    }

    private func check(_ prompts: [[Int32]], _ keys: [Int], _ configuration: SamplingConfiguration) throws {
        guard keys.count == prompts.count else {
            throw LanguageModelError.tokens("\(prompts.count) prompts need as many keys, not \(keys.count)")
        }
        let longest = decoder.configuration.contextLength
        for (index, prompt) in prompts.enumerated() {
            guard !prompt.isEmpty else { throw LanguageModelError.tokens("prompt \(index) has no token") }
            guard prompt.count + configuration.maximumTokens <= longest else {
                throw LanguageModelError.tokens(
                    "prompt \(index) has \(prompt.count) tokens; with \(configuration.maximumTokens) new ones it passes"
                        + " the model's \(longest)")
            }
        }
    }
}
