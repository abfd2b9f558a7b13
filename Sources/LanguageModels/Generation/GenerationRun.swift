import Torch

/// The decoder's side of generation: the cache, the prompt that completions fork from, one step of all
/// sequences.
///
/// Call under `withoutGrad`.
struct GenerationRun {
    private let decoder: Decoder
    private let cache: any GenerationCache
    private var prompt = CachedSequence()
    private var scores: Tensor?  // [1, V], of the token after the prompt

    init(_ decoder: Decoder) {
        self.decoder = decoder
        let (sizes, type) = (decoder.configuration, decoder.computation.productType)
        cache =
            decoder.embedding.hasKernels ? PagedCache(sizes) : PaddedCache(sizes, type: type ?? .float32)
    }

    /// Computes a prompt, alone, so that its numbers do not depend on other prompts.
    mutating func prefill(_ tokens: [Int32]) throws {
        prompt = CachedSequence()
        try cache.grow(&prompt, by: tokens.count)
        let (cache, sequence, productType) = (cache, prompt, decoder.computation.productType)
        let segments = try PackedBatch([PackedGroup(prompt: tokens, continuations: [])]).segments()
        let last = try Tensor.from([Int64(tokens.count - 1)], shape: [1])
        let hidden = try decoder.hidden(tokens, positions: Array(tokens.indices), rows: last) {
            layer, queries, keys, values in
            try cache.store(layer: layer, keys: keys, values: values, of: sequence)
            return try Tensor.packedAttention(
                queries: queries, keys: keys, values: values, segments: segments, productType: productType
            ).reshaped(tokens.count, -1)
        }
        scores = try decoder.logits(hidden)
    }

    /// Scores of the first token after the prompt, `[1, V]`.
    func promptScores() throws -> Tensor {
        guard let scores else { throw LanguageModelError.tokens("no prompt has been computed") }
        return scores
    }

    /// A sequence that goes on from the prompt.
    ///
    /// - Parameter isLast: whether no other will; the prompt itself then becomes the sequence.
    mutating func fork(isLast: Bool) throws -> CachedSequence {
        guard isLast else { return try cache.fork(prompt) }
        defer { prompt = CachedSequence() }
        return prompt
    }

    func release(_ sequence: CachedSequence) { cache.release(sequence) }

    /// Scores after the last drawn token of each sequence, `[B, V]`.
    func step(_ sequences: inout [ActiveSequence]) throws -> Tensor {
        for index in sequences.indices { try cache.grow(&sequences[index].cached, by: 1) }
        let tokens = sequences.compactMap(\.completion.ids.last)
        let positions = sequences.map { $0.cached.length - 1 }
        let attention = try cache.attention(of: sequences.map(\.cached))
        return try decoder.logits(decoder.hidden(tokens, positions: positions, attention: attention))
    }
}
