public import Torch
public import TorchNN

/// A Llama-family decoder: token embedding, layers, final norm, output matrix.
public final class Decoder {
    /// The sizes.
    public let configuration: DecoderConfiguration
    /// All weights, in checkpoint names; tied output weights appear once.
    public let parameters: Parameters
    let embedding: Tensor  // [V, D]
    let layers: [DecoderLayer]
    let finalNorm: Tensor  // [D]
    let head: Tensor  // [V, D]

    /// - Parameter read: gives the weight of a name of a Hugging Face checkpoint, float32.
    /// - Throws: what `read` throws, and `LanguageModelError.configuration` for a weight of another shape.
    public init(_ configuration: DecoderConfiguration, read: (String) throws -> Tensor) throws {
        self.configuration = configuration
        var parameters = Parameters()
        func take(_ name: String) throws -> Tensor {
            let tensor = try read(name)
            parameters.append(name, tensor)
            return tensor
        }
        embedding = try take("model.embed_tokens.weight")
        layers = try (0..<configuration.layerCount).map { layer in
            try DecoderLayer { try take("model.layers.\(layer).\($0)") }
        }
        finalNorm = try take("model.norm.weight")
        head = configuration.tiesEmbedding ? embedding : try take("lm_head.weight")
        self.parameters = parameters
        let expected = [configuration.vocabularySize, configuration.width]
        guard embedding.shape == expected, head.shape == expected else {
            throw LanguageModelError.configuration(
                "the token embedding is \(embedding.shape) and the output matrix \(head.shape); expected \(expected)"
            )
        }
    }

    /// How one layer's heads are mixed: layer index, queries `[T, H, d]`, keys and values `[T, Hkv, d]` to
    /// `[T, H·d]`.
    typealias Attention = (_ layer: Int, _ queries: Tensor, _ keys: Tensor, _ values: Tensor) throws -> Tensor

    /// The normalized last residual stream of tokens at positions, `[T, D]`.
    func hidden(_ tokens: [Int32], positions: [Int], attention: Attention) throws -> Tensor {
        if let wrong = tokens.first(where: { $0 < 0 || Int($0) >= configuration.vocabularySize }) {
            throw LanguageModelError.tokens(
                "token id \(wrong) is not in the vocabulary of \(configuration.vocabularySize)")
        }
        let rotate = try RotaryEmbedding(
            positions: positions, headWidth: configuration.headWidth, theta: configuration.ropeTheta)
        let ids = try Tensor.from(tokens.map(Int64.init), shape: [tokens.count])
        var stream = try embedding.embedding(ids)  // [T, D]
        for (index, layer) in layers.enumerated() {
            stream = try layer(stream, configuration, rotate) { try attention(index, $0, $1, $2) }
        }
        return try stream.rmsNorm(weight: finalNorm, epsilon: configuration.normEpsilon)
    }

    /// Scores of every next token, `[T, V]`, of hidden rows `[T, D]`.
    func logits(_ hidden: Tensor) throws -> Tensor { try hidden.linear(head) }

    /// Scores of every next token after each position of one sequence, `[T, V]`.
    ///
    /// - Throws: `LanguageModelError.tokens` for an id outside the vocabulary.
    public func logits(_ tokens: [Int32]) throws -> Tensor {
        try logits(hidden(tokens, positions: Array(tokens.indices), attention: mixCausally))
    }

    /// Attention of one sequence to itself: query t sees keys 0…t.
    func mixCausally(_: Int, _ queries: Tensor, _ keys: Tensor, _ values: Tensor) throws -> Tensor {
        try mix(queries, keys, values, mask: nil)
    }

    /// Attention of `[T, H, d]` to itself under an additive mask `[T, T]`, causal when there is none.
    func mix(_ queries: Tensor, _ keys: Tensor, _ values: Tensor, mask: Tensor?) throws -> Tensor {
        let (tokens, _, _) = try queries.shape3
        let heads = {
            try ($0 as Tensor).transposed(0, 1).reshaped([1] + [$0.shape[1], tokens, $0.shape[2]])
        }
        let mixed = try Tensor.attention(
            queries: heads(queries), keys: heads(keys), values: heads(values), mask: mask,
            isCausal: mask == nil)
        return try mixed.transposed(1, 2).reshaped(tokens, -1)  // [T, H·d]
    }
}
