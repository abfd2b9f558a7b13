public import LanguageModels
public import Pipeline

/// Greedy decoding of a batch of sequences after prompts of one length; filling the cache is not timed. A
/// token is a new one of a sequence, after the first, which filling the cache gives.
public struct DecodeBenchmark: Benchmark {
    /// See `Benchmark`.
    public let plan: BenchmarkPlan
    private let generator: Generator
    private let prompts: [[Int32]]
    private let group: Int
    private let tokens: Int

    /// - Parameters:
    ///   - batch: sequences.
    ///   - group: sequences that share a prompt; 1 gives every sequence a prompt of its own.
    ///   - promptTokens: tokens of each prompt.
    ///   - tokens: timed steps of the batch, each of one new token a sequence.
    ///   - seed: of the random token ids.
    /// - Throws: `BenchmarkError.request` for a size below 1, or a batch that is no multiple of the group.
    public init(
        _ decoder: Decoder, batch: Int, group: Int, promptTokens: Int, tokens: Int, seed: UInt64
    ) throws {
        try BenchmarkError.requirePositive([
            "batch": batch, "group": group, "prompt-tokens": promptTokens, "tokens": tokens,
        ])
        guard batch % group == 0 else {
            throw BenchmarkError.request(
                "batch is \(batch), the number of sequences; expected a multiple of group, which is \(group)")
        }
        let configuration = decoder.configuration
        var generator = Generator(decoder, stopTokens: [])
        generator.batchSize = min(max(batch, generator.batchSize), Generator.largestBatch)
        self.generator = generator
        prompts = RandomTokens.sequences(
            batch / group, of: promptTokens, below: configuration.vocabularySize, seed: seed)
        self.group = group
        self.tokens = tokens
        plan = BenchmarkPlan(
            work: "decode", tokensPerStep: batch * tokens,
            operationsPerStep: Double(batch)
                * Arithmetic(configuration).decoding(tokens: tokens, after: promptTokens),
            matrixShapes: configuration.matrixShapes)
    }

    /// See `Benchmark`.
    public func step(_ timer: inout PhaseTimer) throws {
        let clock = ContinuousClock()
        var moments: [ContinuousClock.Instant] = []  // after filling the cache, then after each step
        _ = try generator.generate(
            prompts, keys: Array(prompts.indices), groupSize: group, seed: 0,
            configuration: SamplingConfiguration(maximumTokens: tokens + 1)
        ) { _ in moments.append(clock.now) }
        guard let first = moments.first, let last = moments.last else { return }
        timer.add(first.duration(to: last), to: "decode")
    }
}
