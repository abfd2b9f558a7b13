import Torch

/// Keys and values of a batch of N prompts with G completions each: the prompt's once a prompt, the
/// completions' once a completion.
final class KeyValueCache {
    /// One layer's tensors.
    struct Layer {
        var promptKeys: Tensor  // [N, Hkv, P, d], zero beyond each prompt's end
        var promptValues: Tensor  // [N, Hkv, P, d]
        var keys: Tensor  // [N·G, Hkv, capacity, d]
        var values: Tensor  // [N·G, Hkv, capacity, d]
    }

    private(set) var layers: [Layer]
    /// Added to prompt scores, `[N, 1, 1, P]`: −∞ beyond each prompt's end.
    private var promptMask: Tensor
    private let groupSize: Int
    /// Completion tokens in the cache.
    private(set) var length = 0

    init(
        _ configuration: DecoderConfiguration, promptLengths: [Int], groupSize: Int, capacity: Int
    ) throws {
        self.groupSize = groupSize
        let prompts = promptLengths.count
        let longest = promptLengths.max() ?? 0
        let (heads, width) = (configuration.keyValueHeadCount, configuration.headWidth)
        layers = try (0..<configuration.layerCount).map { _ in
            Layer(
                promptKeys: try .zeros([prompts, heads, longest, width]),
                promptValues: try .zeros([prompts, heads, longest, width]),
                keys: try .zeros([prompts * groupSize, heads, capacity, width]),
                values: try .zeros([prompts * groupSize, heads, capacity, width]))
        }
        let mask = promptLengths.flatMap { length in (0..<longest).map { $0 < length ? 0 : -Float.infinity } }
        promptMask = try Tensor.from(mask, shape: [prompts, 1, 1, longest])
    }

    /// Stores a prompt's keys and values, `[P, Hkv, d]` each.
    func storePrompt(_ index: Int, layer: Int, keys: Tensor, values: Tensor) throws {
        let length = keys.shape[0]
        for (target, source) in [(layers[layer].promptKeys, keys), (layers[layer].promptValues, values)] {
            try target.slice(0, index..<index + 1).slice(2, 0..<length).copy(from: source.transposed(0, 1))
        }
    }

    /// Counts one more completion token; call before the layers of a step.
    func advance() { length += 1 }

    /// Attention of one new token a completion: stores its key and value, then mixes over prompt and
    /// completion.
    ///
    /// - Parameters:
    ///   - queries: `[N·G, H, d]`.
    ///   - newKeys: `[N·G, Hkv, d]`.
    ///   - newValues: like `newKeys`.
    /// - Returns: `[N·G, H·d]`.
    func mix(_ layer: Int, _ queries: Tensor, _ newKeys: Tensor, _ newValues: Tensor) throws -> Tensor {
        let (batch, queryHeads, width) = try queries.shape3
        let heads = newKeys.shape[1]
        let (prompts, repeats) = (batch / groupSize, queryHeads / heads)
        let cache = layers[layer]
        let fill = { (target: Tensor, new: Tensor) in
            try target.slice(2, self.length - 1..<self.length).copy(
                from: new.reshaped(batch, heads, 1, width))
        }
        try fill(cache.keys, newKeys)
        try fill(cache.values, newValues)
        let keys = try cache.keys.slice(2, 0..<length)  // [B, Hkv, S, d]
        let values = try cache.values.slice(2, 0..<length)
        let longest = cache.promptKeys.shape[2]

        let scaled = try queries * (1 / Double(width).squareRoot())
        let ownQueries = try scaled.reshaped(batch, heads, repeats, width)
        let groupQueries = try scaled.reshaped(prompts, groupSize, heads, repeats * width)
            .transposed(1, 2).reshaped(prompts, heads, groupSize * repeats, width)
        let promptScores = try groupQueries.matmul(cache.promptKeys.transposed(2, 3)) + promptMask
        let ownScores = try ownQueries.matmul(keys.transposed(2, 3))  // [B, Hkv, R, S]
        let regrouped = try ownScores.reshaped(prompts, groupSize, heads, repeats * length)
            .transposed(1, 2).reshaped(prompts, heads, groupSize * repeats, length)
        let weights = try Tensor.concatenated([promptScores, regrouped], axis: 3).softmax(axis: -1)
        let fromPrompt = try weights.slice(3, 0..<longest).matmul(cache.promptValues)  // [N, Hkv, G·R, d]
        let ownWeights = try weights.slice(3, longest..<longest + length)
            .reshaped(prompts, heads, groupSize, repeats * length)
            .transposed(1, 2).reshaped(batch, heads, repeats, length)
        let fromOwn = try ownWeights.matmul(values).reshaped(batch, queryHeads * width)
        return try fromPrompt.reshaped(prompts, heads, groupSize, repeats * width)
            .transposed(1, 2).reshaped(batch, queryHeads * width) + fromOwn
    }

    /// Keeps the prompts at `kept` and drops the others with their completions.
    func keep(_ kept: [Int]) throws {
        let prompts = try Tensor.from(kept.map(Int64.init), shape: [kept.count])
        let rows = kept.flatMap { prompt in (0..<groupSize).map { Int64(prompt * groupSize + $0) } }
        let completions = try Tensor.from(rows, shape: [rows.count])
        promptMask = try promptMask.selecting(prompts)
        for index in layers.indices {
            layers[index].promptKeys = try layers[index].promptKeys.selecting(prompts)
            layers[index].promptValues = try layers[index].promptValues.selecting(prompts)
            layers[index].keys = try layers[index].keys.selecting(completions)
            layers[index].values = try layers[index].values.selecting(completions)
        }
    }
}
