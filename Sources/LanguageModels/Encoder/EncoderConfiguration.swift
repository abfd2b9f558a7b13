/// The sizes of a BERT encoder, with the keys of a Hugging Face config.json.
struct EncoderConfiguration: Decodable, Sendable, Equatable {
    /// Number of layers.
    let layerCount: Int
    /// D, the width of the embedding.
    let width: Int
    /// H, the number of heads.
    let headCount: Int
    /// Width of the feed-forward layer.
    let feedForwardWidth: Int
    /// V, the number of tokens.
    let vocabularySize: Int
    /// Number of token types; the first is used.
    let typeCount: Int
    /// ε of layer normalization.
    let normEpsilon: Double
    /// Longest sequence that has a position embedding.
    let contextLength: Int
    /// Name of the feed-forward layer's activation; `gelu` is supported.
    let activation: String
    /// How positions enter; `absolute`, the table that is added to the tokens, is supported.
    let positionKind: String?

    private enum CodingKeys: String, CodingKey {
        case layerCount = "num_hidden_layers"
        case width = "hidden_size"
        case headCount = "num_attention_heads"
        case feedForwardWidth = "intermediate_size"
        case vocabularySize = "vocab_size"
        case typeCount = "type_vocab_size"
        case normEpsilon = "layer_norm_eps"
        case contextLength = "max_position_embeddings"
        case activation = "hidden_act"
        case positionKind = "position_embedding_type"
    }

    /// - Throws: `LanguageModelError.configuration` naming what no encoder has or what is not supported.
    func validate() throws {
        guard activation == "gelu", (positionKind ?? "absolute") == "absolute" else {
            throw LanguageModelError.configuration(
                "has activation '\(activation)' and '\(positionKind ?? "absolute")' positions; expected "
                    + "gelu and"
                    + " absolute")
        }
        let sizes = [
            layerCount, width, headCount, feedForwardWidth, vocabularySize, contextLength, typeCount,
        ]
        guard sizes.allSatisfy((1..<1 << 31).contains), width % headCount == 0, contextLength > 2 else {
            throw LanguageModelError.configuration(
                "has sizes that no encoder has: \(layerCount) layers, \(headCount) heads, width \(width),"
                    + " \(contextLength) positions")
        }
    }
}
