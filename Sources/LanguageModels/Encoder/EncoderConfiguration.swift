/// The sizes of a BERT encoder, with the keys of a Hugging Face config.json.
public struct EncoderConfiguration: Decodable, Sendable, Equatable {
    /// Number of layers.
    public let layerCount: Int
    /// D, the width of the embedding.
    public let width: Int
    /// H, the number of heads.
    public let headCount: Int
    /// ε of layer normalization.
    public let normEpsilon: Double
    /// Longest sequence that has a position embedding.
    public let contextLength: Int
    /// Name of the feed-forward layer's activation; `gelu` is supported.
    public let activation: String
    /// Name of the family; `bert` is supported.
    public let family: String

    private enum CodingKeys: String, CodingKey {
        case layerCount = "num_hidden_layers"
        case width = "hidden_size"
        case headCount = "num_attention_heads"
        case normEpsilon = "layer_norm_eps"
        case contextLength = "max_position_embeddings"
        case activation = "hidden_act"
        case family = "model_type"
    }
}
