import Pipeline
import Torch

/// The completions of a batch while they are drawn: which rows are alive, what each has drawn, when it is
/// done.
struct GenerationBatch {
    private let groupSize: Int
    private let configuration: SamplingConfiguration
    private let stopTokens: Set<Int32>
    private let sampler: Sampler
    private let promptLengths: [Int]
    private var generators: [SeededGenerator]  // [N·G]
    private var drawn: [Completion]  // [N·G]
    private var isDone: [Bool]  // [N·G]
    /// Prompts that are still in the batch, in order.
    private var prompts: [Int]
    /// Tokens drawn so far by a row that is not done.
    private var length = 0

    init(
        keys: [Int], promptLengths: [Int], groupSize: Int, seed: UInt64,
        _ configuration: SamplingConfiguration,
        _ stopTokens: Set<Int32>
    ) {
        self.groupSize = groupSize
        self.configuration = configuration
        self.stopTokens = stopTokens
        self.promptLengths = promptLengths
        sampler = Sampler(topP: configuration.topP, topK: configuration.topK)
        generators = keys.flatMap { key in (0..<groupSize).map { SeededGenerator(seed: seed, path: key, $0) }
        }
        let empty = Completion(ids: [], logProbabilities: [], ending: .truncated)
        drawn = Array(repeating: empty, count: keys.count * groupSize)
        isDone = Array(repeating: false, count: keys.count * groupSize)
        prompts = Array(keys.indices)
    }

    /// Rows of the current batch as indices into all completions.
    private var rows: [Int] { prompts.flatMap { prompt in (0..<groupSize).map { prompt * groupSize + $0 } } }

    var finishedCount: Int { isDone.count(where: { $0 }) }
    var isFinished: Bool { isDone.allSatisfy { $0 } }

    /// The completions, `[N][G]`.
    var completions: [[Completion]] {
        promptLengths.indices.map { Array(drawn[$0 * groupSize..<($0 + 1) * groupSize]) }
    }

    /// The token to feed for each row of the batch.
    var lastTokens: [Int32] { rows.map { drawn[$0].ids.last ?? 0 } }

    /// The position of that token.
    var positions: [Int] { rows.map { promptLengths[$0 / groupSize] + length - 1 } }

    /// Draws the next token of every row from scores `[rows, V]`.
    mutating func take(logits: Tensor) throws {
        let normalizers: [Float] = try logits.logSumExp(axis: -1).elements()
        let tokens = configuration.temperature == 0 ? try likeliest(logits) : try sampled(logits)
        let vocabulary = logits.shape[1]
        try logits.withElements(Float.self) { scores in
            for (place, row) in rows.enumerated() where !isDone[row] {
                let score = scores[place * vocabulary + tokens[place]]
                drawn[row].ids.append(Int32(tokens[place]))
                drawn[row].logProbabilities.append(score - normalizers[place])
                if stopTokens.contains(Int32(tokens[place])) {
                    drawn[row].ending = .stopped
                    isDone[row] = true
                } else if drawn[row].ids.count == configuration.maximumTokens {
                    isDone[row] = true
                }
            }
        }
        length += 1
    }

    private func likeliest(_ logits: Tensor) throws -> [Int] {
        try logits.argmax(axis: -1).elements(Int64.self).map(Int.init)
    }

    private mutating func sampled(_ logits: Tensor) throws -> [Int] {
        let vocabulary = logits.shape[1]
        let probabilities = try (logits * (1 / configuration.temperature)).softmax(axis: -1)
        return try probabilities.withElements(Float.self) { all in
            rows.enumerated().map { place, row in
                guard !isDone[row] else { return 0 }
                let row = (
                    unit: generators[row].nextUnit(), range: place * vocabulary..<(place + 1) * vocabulary
                )
                return sampler.draw(UnsafeBufferPointer(rebasing: all[row.range]), unit: row.unit)
            }
        }
    }

    /// Drops prompts whose completions are all done, when at least a quarter of the batch is.
    ///
    /// - Returns: the places of the prompts that stay, or nil when nothing was dropped.
    mutating func compact() -> [Int]? {
        let kept = prompts.indices.filter { place in
            (0..<groupSize).contains { !isDone[prompts[place] * groupSize + $0] }
        }
        guard kept.count * 4 <= prompts.count * 3 else { return nil }
        prompts = kept.map { prompts[$0] }
        return kept
    }
}
