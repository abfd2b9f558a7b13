/// Memory that a training step takes at its peak, in bytes, from what the decoder's operations keep for the
/// backward pass (DecoderFunctions.cpp, PackedAttention.h, Likelihoods.cpp).
public struct TrainingMemory: Sendable, Equatable {
    /// What a step computes.
    public struct Step: Sendable, Equatable {
        /// Tokens of one forward pass: prompts once, and all their completions.
        public var tokens: Int
        /// Tokens whose keys and values are held while rollouts are drawn.
        public var cachedTokens: Int
        /// Gradients of all trained weights that are held at once: 1, or K rewards' and the mixture's.
        public var gradientSets = 1

        /// A pass over as many tokens, all of them cached while rollouts are drawn.
        public init(tokens: Int) { (self.tokens, cachedTokens) = (tokens, tokens) }

        /// Groups of completions that share their prompt, in one pass.
        public init(prompts: Int = 1, group: Int, promptTokens: Int, completionTokens: Int) {
            self.init(tokens: prompts * (promptTokens + group * completionTokens))
        }
    }

    /// Whether a step trains all weights or adapters, and what it keeps.
    public struct Method: Sendable, Equatable {
        /// Adapters on frozen weights; nil trains all weights, in float32.
        public var adapters: LowRankConfiguration?
        /// Whether a layer's activations are computed again in the backward pass (`recomputesActivations`).
        public var recomputes: Bool
        /// Bytes of a frozen weight: 2 for a checkpoint in bfloat16.
        public var frozenBytes = 2

        /// Takes the values; frozen weights stay in two bytes.
        public init(adapters: LowRankConfiguration?, recomputes: Bool) {
            (self.adapters, self.recomputes) = (adapters, recomputes)
        }
    }

    /// The model's weights, trained or frozen, and adapters.
    public var weights: Int
    /// Gradients of what is trained.
    public var gradients: Int
    /// AdamW's moments.
    public var moments: Int
    /// What forward passes keep for the backward pass.
    public var activations: Int
    /// What the backward pass of a layer, and of a stretch of scores, needs besides.
    public var work: Int
    /// Keys and values while rollouts are drawn.
    public var cache: Int

    /// At the end of the forward pass, before the first gradient is given up.
    public var training: Int { weights + gradients + moments + activations + work }
    /// While rollouts are drawn.
    public var rollouts: Int { weights + moments + cache }
    /// The larger of the two.
    public var peak: Int { max(training, rollouts) }

    /// Plans a step of a decoder.
    public init(_ sizes: DecoderConfiguration, _ method: Method, _ step: Step) {
        let trained = method.adapters.map(sizes.parameterCount(of:)) ?? sizes.parameterCount
        let frozen = method.adapters == nil ? 0 : sizes.parameterCount * method.frozenBytes
        weights = frozen + 4 * trained
        gradients = 4 * trained * step.gradientSets
        moments = 8 * trained
        let kept = method.recomputes ? sizes.width * sizes.layerCount : 0
        let layers = kept + sizes.keptByLayer * (method.recomputes ? 1 : sizes.layerCount)
        let ends = 2 * sizes.width  // the embedded tokens, and the last layer's output
        activations = 4 * step.tokens * (layers + ends)
        // Slopes of gate, up and their product, the product itself and one of them narrowed; the stream's.
        let slopes = 4 * step.tokens * (5 * sizes.feedForwardWidth + 4 * sizes.width)
        // 48 MiB of scores, their slopes narrowed, and a weight in the type of the product.
        let scores = 3 * (48 << 20)
        work = slopes + scores + 2 * sizes.vocabularySize * sizes.width
        cache = 4 * 2 * sizes.layerCount * sizes.keyValueHeadCount * sizes.headWidth * step.cachedTokens
    }
}

extension DecoderConfiguration {
    /// Weights of all tensors.
    public var parameterCount: Int {
        let maps = mapSizes.values.reduce(0) { $0 + $1.rows * $1.columns }
        let bias = hasAttentionBias ? (headCount + 2 * keyValueHeadCount) * headWidth : 0
        let layer = maps + bias + 2 * width + (hasQueryKeyNorm ? 2 * headWidth : 0)
        return layerCount * layer + (tiesEmbedding ? 1 : 2) * vocabularySize * width + width
    }

    /// Weights of low-rank adapters.
    public func parameterCount(of adapters: LowRankConfiguration) -> Int {
        layerCount
            * adapters.targets.reduce(0) { sum, target in
                sum + (mapSizes[target].map { adapters.rank * ($0.rows + $0.columns) } ?? 0)
            }
    }

    /// Numbers a token that a layer keeps for its backward pass: the stream before attention and after it,
    /// the heads that attention reads and gives, its normalizers, and both inputs of the gate.
    var keptByLayer: Int {
        let (queries, keys) = (headCount * headWidth, keyValueHeadCount * headWidth)
        return 2 * width + 2 * queries + 2 * keys + headCount + 2 * feedForwardWidth
    }

    /// Outputs and inputs of a layer's linear maps.
    private var mapSizes: [LowRankConfiguration.Target: (rows: Int, columns: Int)] {
        let (queries, keys) = (headCount * headWidth, keyValueHeadCount * headWidth)
        return [
            .query: (queries, width), .key: (keys, width), .value: (keys, width), .output: (width, queries),
            .gate: (feedForwardWidth, width), .up: (feedForwardWidth, width),
            .down: (width, feedForwardWidth),
        ]
    }
}
