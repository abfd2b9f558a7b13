/// Low-rank adapters (Hu et al., 2021, "LoRA"): a small trained change to some weights.
public struct AdapterConfiguration: Codable, Sendable, Equatable {
    /// r: the rank of each adapter; 0 trains all weights.
    public var rank = 0
    /// α: adapters are scaled by α / r. Without effect at rank 0.
    public var alpha = 32.0
    /// The linear maps that get an adapter, by their names in a checkpoint. Without effect at rank 0.
    public var targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]

    /// No adapters.
    public init() {}
}
