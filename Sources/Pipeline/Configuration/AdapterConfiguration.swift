/// Low-rank adapters (Hu et al., 2021, "LoRA"): train a small change of some weights instead of all weights.
public struct AdapterConfiguration: Codable, Sendable, Equatable {
    /// r, the rank of a change; 0 trains all weights.
    public var rank = 0
    /// α; a change is scaled by α / r.
    public var alpha = 32.0
    /// The linear maps that get an adapter, by their names in a checkpoint.
    public var targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

    /// No adapters.
    public init() {}
}
