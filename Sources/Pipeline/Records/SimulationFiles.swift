/// Names of the steps and files of stage 3 that later parts read.
public enum SimulationFiles {
    /// Step: the ranker that pays the collaborative reward.
    public static let baselineStep = "3-collaborate/baseline"
    /// Step: its scores, and the catalogue's embeddings.
    public static let simulationStep = "3-collaborate/simulation"
    /// Step: the ranker that measures CTCVR of held-out answers; it pays no reward.
    public static let validationStep = "3-collaborate/validation-ranker"
    /// Step: the aligned model.
    public static let checkpointStep = "3-collaborate/checkpoint"
    /// Tensors `scores` `[samples, entries]` and `catalogue` `[entries, D]`.
    public static let tensors = "simulation.safetensors"
    /// Ids of the samples, in the order of the rows.
    public static let samples = "samples.json"
}
