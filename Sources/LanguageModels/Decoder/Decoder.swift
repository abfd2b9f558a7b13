public import Torch
public import TorchNN

/// A decoder of the Llama, Qwen2 or Qwen3 family: token embedding, layers, final norm, output matrix.
public final class Decoder {
    /// The sizes and what the family differs in.
    public let configuration: DecoderConfiguration
    /// All weights, in checkpoint names; tied output weights appear once.
    public let weights: Parameters
    /// What training changes: the weights, or the adapters when there are any.
    public internal(set) var parameters: Parameters
    /// How the forward pass is computed.
    public var computation = DecoderComputation()
    let embedding: Tensor  // [V, D]
    var layers: [DecoderLayer]
    let finalNorm: Tensor  // [D]
    let head: Tensor  // [V, D]
    var adapters: LowRankConfiguration?

    /// - Parameter read: gives the weight of a name of a Hugging Face checkpoint.
    /// - Throws: what `read` throws, and `LanguageModelError.configuration` for a weight of another shape.
    public init(_ configuration: DecoderConfiguration, read: (String) throws -> Tensor) throws {
        self.configuration = configuration
        var parameters = Parameters()
        func take(_ name: String, _ shape: [Int]) throws -> Tensor {
            // Norms and biases are small and enter sums; only matrices may stay in a narrower type.
            let tensor = try shape.count == 1 ? read(name).to(.float32) : read(name)
            guard tensor.shape == shape else {
                throw LanguageModelError.configuration(
                    "weight '\(name)' is \(tensor.shape); its configuration asks for \(shape)")
            }
            parameters.append(name, tensor)
            return tensor
        }
        let table = [configuration.vocabularySize, configuration.width]
        embedding = try take("model.embed_tokens.weight", table)
        layers = try (0..<configuration.layerCount).map { layer in
            try DecoderLayer(configuration) { try take("model.layers.\(layer).\($0)", $1) }
        }
        finalNorm = try take("model.norm.weight", [configuration.width])
        head = configuration.tiesEmbedding ? embedding : try take("lm_head.weight", table)
        weights = parameters
        self.parameters = parameters
    }

    /// Another output matrix and the rest of a decoder, whose layers can then be changed.
    init(sharing other: Decoder, head: Tensor) {
        (configuration, weights, parameters) = (other.configuration, other.weights, other.parameters)
        (embedding, layers, finalNorm) = (other.embedding, other.layers, other.finalNorm)
        (self.head, adapters) = (head, other.adapters)
    }

    /// How one layer's heads are mixed: layer index, queries `[T, H, d]`, keys and values `[T, Hkv, d]` to
    /// `[T, H·d]`.
    typealias Attention = (_ layer: Int, _ queries: Tensor, _ keys: Tensor, _ values: Tensor) throws -> Tensor

    /// The normalized last residual stream of tokens at positions, `[T, D]`.
    ///
    /// - Parameters:
    ///   - rows: the tokens that are read, int64 `[R]`; nil for all. The last layer leaves the others out
    ///     after attention, and the result is `[R, D]`.
    ///   - attention: the same function each time, since recomputation calls it again.
    func hidden(
        _ tokens: [Int32], positions: [Int], rows: Tensor? = nil, attention: @escaping Attention
    ) throws -> Tensor {
        if let wrong = tokens.first(where: { $0 < 0 || Int($0) >= configuration.vocabularySize }) {
            throw LanguageModelError.tokens(
                "token id \(wrong) is not in the vocabulary of \(configuration.vocabularySize)")
        }
        let rotate = try RotaryEmbedding(positions: positions, configuration)
        let ids = try Tensor.from(tokens.map(Int64.init), shape: [tokens.count])
        var stream = try embedding.embedding(ids).to(.float32)  // [T, D]
        let (sizes, productType) = (configuration, computation.productType)
        for (index, layer) in layers.enumerated() {
            let kept = index == layers.count - 1 ? rows : nil
            let block = { (input: Tensor) in
                try layer(input, sizes, rotate, rows: kept, productType: productType) {
                    try attention(index, $0, $1, $2)
                }
            }
            stream = computation.recomputesActivations ? try stream.recomputing(block) : try block(stream)
        }
        return try stream.rmsNorm(weight: finalNorm, epsilon: configuration.normEpsilon)
    }

    /// Scores of every next token, `[T, V]`, of hidden rows `[T, D]`.
    func logits(_ hidden: Tensor) throws -> Tensor {
        try Projection(weight: head)(hidden, productType: computation.productType)
    }

    /// Scores of every next token after each position of one sequence, `[T, V]`.
    ///
    /// - Throws: `LanguageModelError.tokens` for an id outside the vocabulary.
    public func logits(_ tokens: [Int32]) throws -> Tensor {
        let batch = try PackedBatch([PackedGroup(prompt: tokens, continuations: [])])
        return try logits(hidden(batch))
    }

    /// The normalized last residual stream of all tokens of a batch, `[T, D]`, or of the tokens at `rows`,
    /// `[R, D]`.
    func hidden(_ batch: PackedBatch, rows: Tensor? = nil) throws -> Tensor {
        let (segments, productType) = (try batch.segments(), computation.productType)
        return try hidden(batch.tokens, positions: batch.positions, rows: rows) { _, queries, keys, values in
            try Tensor.packedAttention(
                queries: queries, keys: keys, values: values, segments: segments, productType: productType
            ).reshaped(queries.shape[0], -1)
        }
    }
}
