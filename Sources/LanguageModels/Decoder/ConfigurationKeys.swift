/// A decoder's config.json as it is written; see `DecoderConfiguration` for what the keys mean.
struct ConfigurationKeys: Codable {
    var hidden_size: Int
    var num_hidden_layers: Int
    var num_attention_heads: Int
    var intermediate_size: Int
    var vocab_size: Int
    var model_type: String?
    var architectures: [String]?
    var num_key_value_heads: Int?
    var head_dim: Int?
    var rms_norm_eps: Double?
    var max_position_embeddings: Int?
    var tie_word_embeddings: Bool?
    var bos_token_id: Int?
    var eos_token_id: TokenList?
    /// transformers 4: the base here, the rest in `rope_scaling`.
    var rope_theta: Double?
    var rope_scaling: RotaryKeys?
    /// transformers 5: both in one.
    var rope_parameters: RotaryKeys?

    var hidden_act: String?
    var attention_bias: Bool?
    var mlp_bias: Bool?
    var partial_rotary_factor: Double?
    var use_mrope: Bool?
    var use_sliding_window: Bool?
    var sliding_window: Int?
    var max_window_layers: Int?
    var layer_types: [String]?
    var quantization_config: Quantization?

    /// The rotary settings in force, as transformers 5 takes them: `rope_scaling`, where it says anything, replaces
    /// `rope_parameters` as a whole.
    ///
    /// - Throws: `LanguageModelError.configuration` where the base is said twice and differently, so that which one counts depends
    ///   on the reader.
    func rotary() throws -> (keys: RotaryKeys?, theta: Double) {
        let keys = rope_scaling.flatMap { $0.isEmpty ? nil : $0 } ?? rope_parameters
        let bases = [rope_scaling?.rope_theta, rope_parameters?.rope_theta, rope_theta].compactMap { $0 }
        if let first = bases.first, let other = bases.first(where: { $0 != first }) {
            throw LanguageModelError.configuration(
                "says rope_theta twice, as \(first) and as \(other); remove all but one")
        }
        return (keys, bases.first ?? 10_000)
    }

    struct Quantization: Codable { var quant_method: String? }

    /// The first setting that would change the numbers and is not computed, for a message.
    func unsupported(_ family: DecoderFamily) -> String? {
        if let hidden_act, hidden_act != "silu" { return "the activation '\(hidden_act)'" }
        if attention_bias == true, family != .qwen2 { return "attention_bias" }
        if mlp_bias == true { return "mlp_bias" }
        if use_mrope == true { return "use_mrope" }
        if let part = partial_rotary_factor ?? rope_parameters?.partial_rotary_factor, part != 1 {
            return "a partial_rotary_factor of \(part)"
        }
        if let quantization_config {
            return "weights quantized by '\(quantization_config.quant_method ?? "an unnamed method")'"
        }
        return slidingWindow(family)
    }

    /// A window that some layer uses and that is shorter than the context.
    private func slidingWindow(_ family: DecoderFamily) -> String? {
        guard family != .llama, use_sliding_window == true, let sliding_window else { return nil }
        let isUsed =
            layer_types?.contains("sliding_attention") ?? ((max_window_layers ?? 28) < num_hidden_layers)
        guard isUsed, sliding_window < max_position_embeddings ?? 32_768 else { return nil }
        return "a sliding window of \(sliding_window) tokens"
    }
}

extension ConfigurationKeys {
    init(
        hidden_size: Int, num_hidden_layers: Int, num_attention_heads: Int, intermediate_size: Int,
        vocab_size: Int
    ) {
        self.hidden_size = hidden_size
        self.num_hidden_layers = num_hidden_layers
        self.num_attention_heads = num_attention_heads
        self.intermediate_size = intermediate_size
        self.vocab_size = vocab_size
    }
}

/// One token id or several.
struct TokenList: Codable {
    var ids: [Int]

    init(ids: [Int]) { self.ids = ids }

    init(from decoder: any Swift.Decoder) throws {
        let container = try decoder.singleValueContainer()
        ids = try (try? container.decode([Int].self)) ?? [container.decode(Int.self)]
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if ids.count == 1 { try container.encode(ids[0]) } else { try container.encode(ids) }
    }
}

/// `rope_scaling` of transformers 4, `rope_parameters` of transformers 5.
struct RotaryKeys: Codable {
    var rope_type: String?
    /// The older name of `rope_type`.
    var type: String?
    var rope_theta: Double?
    var partial_rotary_factor: Double?
    var factor: Double?
    var low_freq_factor: Double?
    var high_freq_factor: Double?
    var original_max_position_embeddings: Int?
    var beta_fast: Double?
    var beta_slow: Double?
    var attention_factor: Double?
    var mscale: Double?
    var mscale_all_dim: Double?
    var truncate: Bool?

    /// Whether it says nothing: `{}`.
    var isEmpty: Bool { rope_type == nil && type == nil && rope_theta == nil && factor == nil }

    init(_ rule: YaRNScaling) {
        rope_type = "yarn"
        factor = rule.factor
        original_max_position_embeddings = rule.originalContextLength
        (beta_fast, beta_slow) = (rule.betaFast, rule.betaSlow)
        (attention_factor, mscale) = (rule.attentionFactor, rule.scale)
        mscale_all_dim = rule.scaleOfAllDimensions
        truncate = rule.isTruncated ? nil : false
    }

    init(_ rule: Llama3Scaling) {
        rope_type = "llama3"
        factor = rule.factor
        low_freq_factor = rule.lowFrequencyFactor
        high_freq_factor = rule.highFrequencyFactor
        original_max_position_embeddings = rule.originalContextLength
    }

    /// - Throws: `LanguageModelError.configuration` for another rule than none, llama3 and yarn.
    func scaling(contextLength: Int) throws -> RotaryScaling? {
        if let rope_type, let type, rope_type != type {
            throw LanguageModelError.configuration(
                "says the rotary scaling twice, as rope_type '\(rope_type)' and as type '\(type)'; remove one"
            )
        }
        let name = rope_type ?? type ?? "default"
        if name == "default" { return nil }
        if name == "yarn" { return .yarn(try yarn(contextLength)) }
        guard name == "llama3" else {
            throw LanguageModelError.configuration(
                "has rotary scaling '\(name)', which is not supported; 'default', 'llama3' and 'yarn' are")
        }
        guard let factor, let low_freq_factor, let high_freq_factor else {
            throw LanguageModelError.configuration(
                "has rotary scaling 'llama3' without factor, low_freq_factor and high_freq_factor")
        }
        return .llama3(
            Llama3Scaling(
                factor: factor, lowFrequencyFactor: low_freq_factor, highFrequencyFactor: high_freq_factor,
                originalContextLength: original_max_position_embeddings ?? contextLength))
    }

    private func yarn(_ contextLength: Int) throws -> YaRNScaling {
        let original = original_max_position_embeddings ?? contextLength
        guard let factor else {
            throw LanguageModelError.configuration("has rotary scaling 'yarn' without factor")
        }
        var rule = YaRNScaling(factor: factor, originalContextLength: original)
        rule.betaFast = beta_fast ?? rule.betaFast
        rule.betaSlow = beta_slow ?? rule.betaSlow
        (rule.attentionFactor, rule.scale) = (attention_factor, mscale)
        rule.scaleOfAllDimensions = mscale_all_dim
        rule.isTruncated = truncate ?? true
        return rule
    }
}
