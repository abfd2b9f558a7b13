/// The decoder families that load, by their `model_type` in a config.json and their architecture in a GGUF
/// file.
public enum DecoderFamily: String, Codable, Sendable, CaseIterable {
    /// Llama, SmolLM2 and others of that form.
    case llama
    /// Qwen2, Qwen2.5, QwQ, DeepSeek-R1-Distill-Qwen: queries, keys and values have a bias.
    case qwen2
    /// Qwen3, Qwen3-Embedding: queries and keys are normalized, and the head width is a number of its own.
    case qwen3

    /// The class that `architectures` of a config.json names.
    var className: String {
        switch self {
        case .llama: "LlamaForCausalLM"
        case .qwen2: "Qwen2ForCausalLM"
        case .qwen3: "Qwen3ForCausalLM"
        }
    }

    /// The families' names for a message.
    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
