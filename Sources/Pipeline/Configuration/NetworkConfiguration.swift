/// The network of a ranker, ESMM: embeddings that both tasks share, pooled sequences, cross layers, two
/// towers.
public struct NetworkConfiguration: Codable, Sendable, Equatable {
    /// How a behaviour sequence becomes one vector.
    public enum Pooling: String, Codable, Sendable, CaseIterable {
        /// The mean of its behaviours.
        case mean
        /// Scaled dot-product attention of the candidate.
        case attention
        /// DIN's activation unit (Zhou et al., 2018): a small network weighs each behaviour for the
        /// candidate.
        case din
        /// One block of self-attention over the behaviours (BST, Chen et al., 2019), then attention of the
        /// candidate.
        case transformer
    }

    /// What the click and the conversion tower have in common above the embeddings.
    public enum Towers: String, Codable, Sendable, CaseIterable {
        /// Nothing (ESMM, Ma et al., 2018).
        case separate
        /// One hidden layer.
        case sharedBottom
        /// Experts that each tower mixes with its own gate (Ma et al., 2018, MMoE).
        case mmoe
        /// Experts of each tower and shared ones, mixed by its own gate (Tang et al., 2020: PLE with one
        /// layer, CGC).
        case ple
    }

    /// E, width of one embedding.
    public var embeddingWidth = 16
    /// Widths of a tower's hidden layers.
    public var towerWidths = [64, 32]
    /// A value that training saw less often shares its field's unknown row.
    public var minimumCount = 5
    /// How behaviour sequences are pooled.
    public var pooling = Pooling.attention
    /// Hidden width of DIN's activation unit.
    public var attentionWidth = 32
    /// Cross layers (DCN v2, Wang et al., 2021) before the towers; 0 for none.
    public var crossLayers = 0
    /// What the towers share.
    public var towers = Towers.separate
    /// Experts of `mmoe`; of `ple`, those of each tower, and as many shared ones.
    public var experts = 4
    /// Width of a shared bottom or of an expert.
    public var expertWidth = 64
    /// Share of a tower's hidden numbers that training drops.
    public var dropout = 0.0

    /// Small, for tens of thousands of impressions.
    public init() {}
}
