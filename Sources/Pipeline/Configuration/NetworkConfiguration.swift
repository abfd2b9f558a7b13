/// The network of a ranker, ESMM: shared embeddings, pooled sequences, cross layers and two towers.
public struct NetworkConfiguration: Codable, Sendable, Equatable {
    /// How a behaviour sequence becomes one vector.
    public enum Pooling: String, Codable, Sendable, CaseIterable {
        /// The mean of its behaviours.
        case mean
        /// Scaled dot-product attention from the candidate.
        case attention
        /// DIN's activation unit, a small network per behaviour (Zhou et al., 2018).
        case din
        /// One block of self-attention (BST, Chen et al., 2019), then attention from the candidate.
        case transformer
    }

    /// What the click and the conversion tower have in common above the embeddings.
    public enum Towers: String, Codable, Sendable, CaseIterable {
        /// Nothing (ESMM, Ma et al., 2018).
        case separate
        /// One hidden layer.
        case sharedBottom
        /// Experts that each tower mixes with a gate of its own (Ma et al., 2018).
        case mmoe
        /// Experts of each tower and shared ones, mixed by a gate per tower (Tang et al., 2020; one layer,
        /// CGC).
        case ple
    }

    /// E: width of an embedding.
    public var embeddingWidth = 16
    /// Widths of a tower's hidden layers; an empty list makes the towers linear.
    public var towerWidths = [64, 32]
    /// Values seen less often in training share their field's embedding for unknown values.
    public var minimumCount = 5
    /// How a behaviour sequence becomes one vector.
    public var pooling = Pooling.attention
    /// Hidden width of DIN's activation unit; without effect for other `pooling`.
    public var attentionWidth = 32
    /// Cross layers (DCN v2, Wang et al., 2021) before the towers; 0 for none.
    public var crossLayers = 0
    /// What the click and the conversion tower share above the embeddings.
    public var towers = Towers.separate
    /// Experts of `mmoe`; for `ple`, experts of each tower, and as many shared ones.
    public var experts = 4
    /// Width of a shared bottom or of an expert; without effect for `separate` towers.
    public var expertWidth = 64
    /// Share of a tower's hidden activations that training drops.
    public var dropout = 0.0

    /// Small, for tens of thousands of impressions.
    public init() {}
}
