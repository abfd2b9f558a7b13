import Foundation

/// The keys of a Hugging Face config.json, of transformers 4 and 5.
extension DecoderConfiguration: Codable {
    /// Reads a config.json.
    ///
    /// - Throws: `LanguageModelError.configuration` for another family, for a setting that changes the numbers
    ///   and is not supported, and for sizes that no decoder has; `DecodingError` for a missing key.
    public init(from decoder: any Swift.Decoder) throws {
        let name = try FamilyKey(from: decoder).model_type
        guard let family = DecoderFamily(rawValue: name) else {
            throw LanguageModelError.configuration(
                "is of model_type '\(name)'; decoders of these load: \(DecoderFamily.names)")
        }
        let keys = try ConfigurationKeys(from: decoder)
        if let unsupported = keys.unsupported(family) {
            throw LanguageModelError.configuration("has \(unsupported), which is not supported")
        }
        guard keys.num_attention_heads > 0 else {
            throw LanguageModelError.configuration("has no attention heads")
        }
        self.family = family
        layerCount = keys.num_hidden_layers
        width = keys.hidden_size
        headCount = keys.num_attention_heads
        keyValueHeadCount = keys.num_key_value_heads ?? keys.num_attention_heads
        headWidth =
            keys.head_dim ?? (family == .qwen3 ? 128 : keys.hidden_size / keys.num_attention_heads)
        feedForwardWidth = keys.intermediate_size
        vocabularySize = keys.vocab_size
        normEpsilon = keys.rms_norm_eps ?? 1e-6
        contextLength = keys.max_position_embeddings ?? (family == .llama ? 2048 : 32_768)
        tiesEmbedding = keys.tie_word_embeddings ?? false
        beginToken = keys.bos_token_id
        endTokens = keys.eos_token_id?.ids ?? []
        let rotary = try keys.rotary()
        ropeTheta = rotary.theta
        ropeScaling = try rotary.keys?.scaling(contextLength: contextLength)
        try validate()
    }

    /// Writes the keys of a config.json that transformers 4 and 5 both read.
    ///
    /// - Throws: `LanguageModelError.configuration` for rotary divisors that no rule is known for.
    public func encode(to encoder: any Encoder) throws {
        var keys = ConfigurationKeys(
            hidden_size: width, num_hidden_layers: layerCount, num_attention_heads: headCount,
            intermediate_size: feedForwardWidth, vocab_size: vocabularySize)
        keys.model_type = family.rawValue
        keys.architectures = [family.className]
        keys.hidden_act = "silu"
        keys.num_key_value_heads = keyValueHeadCount
        keys.head_dim = headWidth
        keys.rms_norm_eps = normEpsilon
        keys.max_position_embeddings = contextLength
        keys.tie_word_embeddings = tiesEmbedding
        keys.rope_theta = ropeTheta
        keys.bos_token_id = beginToken
        keys.eos_token_id = endTokens.isEmpty ? nil : TokenList(ids: endTokens)
        switch ropeScaling {
        case nil: break
        case .llama3(let rule): keys.rope_scaling = RotaryKeys(rule)
        case .yarn(let rule): keys.rope_scaling = RotaryKeys(rule)
        case .divisors:
            throw LanguageModelError.configuration(
                "the model's rotary divisors come from a GGUF file and follow no rule that a config.json can say"
            )
        }
        try keys.encode(to: encoder)
        // Left out, transformers would take the family's default tokens.
        var tokens = encoder.container(keyedBy: TokenKeys.self)
        if beginToken == nil { try tokens.encodeNil(forKey: .bos_token_id) }
        if endTokens.isEmpty { try tokens.encodeNil(forKey: .eos_token_id) }
    }

    private enum TokenKeys: String, CodingKey { case bos_token_id, eos_token_id }
    private struct FamilyKey: Decodable { var model_type: String }
}
