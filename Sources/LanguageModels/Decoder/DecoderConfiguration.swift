import Foundation

/// The sizes of a Llama-family decoder, with the keys of a Hugging Face config.json.
public struct DecoderConfiguration: Codable, Sendable, Equatable {
    /// Number of layers.
    public var layerCount: Int
    /// D, the width of the residual stream.
    public var width: Int
    /// H, the number of query heads.
    public var headCount: Int
    /// The number of key and value heads; H is a multiple of it.
    public var keyValueHeadCount: Int
    /// Width of the feed-forward layer.
    public var feedForwardWidth: Int
    /// V, the number of tokens.
    public var vocabularySize: Int
    /// Base of the rotary position embedding.
    public var ropeTheta: Double
    /// ε of RMSNorm.
    public var normEpsilon: Double
    /// Longest sequence that the model was made for.
    public var contextLength: Int
    /// Whether the output matrix is the token embedding.
    public var tiesEmbedding: Bool
    /// Token that begins a document, if the model has one.
    public var beginToken: Int?
    /// Token that ends a completion.
    public var endToken: Int?

    /// d, the width of one head.
    public var headWidth: Int { width / headCount }

    private enum CodingKeys: String, CodingKey {
        case layerCount = "num_hidden_layers"
        case width = "hidden_size"
        case headCount = "num_attention_heads"
        case keyValueHeadCount = "num_key_value_heads"
        case feedForwardWidth = "intermediate_size"
        case vocabularySize = "vocab_size"
        case ropeTheta = "rope_theta"
        case normEpsilon = "rms_norm_eps"
        case contextLength = "max_position_embeddings"
        case tiesEmbedding = "tie_word_embeddings"
        case beginToken = "bos_token_id"
        case endToken = "eos_token_id"
    }
}

extension DecoderConfiguration {
    /// Reads the sizes from a GGUF file of architecture `llama`.
    ///
    /// - Throws: `LanguageModelError.file` naming the missing key or the other architecture.
    public init(_ file: GGUFFile) throws {
        let architecture = try file.required("general.architecture", \.string)
        guard architecture == "llama" else {
            throw LanguageModelError.file(
                path: file.url.path, message: "is of architecture '\(architecture)'; expected 'llama'")
        }
        func integer(_ key: String) throws -> Int { try file.required("llama.\(key)", \.integer) }
        layerCount = try integer("block_count")
        width = try integer("embedding_length")
        headCount = try integer("attention.head_count")
        keyValueHeadCount = try integer("attention.head_count_kv")
        feedForwardWidth = try integer("feed_forward_length")
        vocabularySize = try file.info("token_embd.weight").shape[0]
        ropeTheta = file.metadata["llama.rope.freq_base"]?.real ?? 10_000
        normEpsilon = try file.required("llama.attention.layer_norm_rms_epsilon", \.real)
        contextLength = try integer("context_length")
        tiesEmbedding = file.tensors["output.weight"] == nil
        beginToken = file.metadata["tokenizer.ggml.bos_token_id"]?.integer
        endToken = file.metadata["tokenizer.ggml.eos_token_id"]?.integer
        // GGUF keeps ε as float32; the model's own configuration has the short decimal number.
        normEpsilon = Double("\(Float(normEpsilon))") ?? normEpsilon
        guard headCount > 0, width % headCount == 0, keyValueHeadCount > 0, headCount % keyValueHeadCount == 0
        else {
            throw LanguageModelError.file(
                path: file.url.path,
                message: "has \(headCount) heads and \(keyValueHeadCount) key/value heads for width \(width)")
        }
    }
}
