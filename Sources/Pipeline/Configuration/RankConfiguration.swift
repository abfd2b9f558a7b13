/// Online ranking: codes, similar users' sequences and the enhanced ranker, §2.4.
public struct RankConfiguration: Codable, Sendable, Equatable {
    /// Most tokens of a user's reasoning and answer.
    public var maximumTokens = 96
    /// Users whose reasoning is drawn side by side.
    public var batchSize = 32
    /// The product-quantized codes of the user embeddings.
    public var codes = CodesConfiguration()
    /// Similar users whose behaviours are lent, newest first of all together (§2.4: 1).
    public var similarUsers = 1
    /// Most behaviours of the similar users (§2.4: the recent 100).
    public var similarSequenceLength = 100
    /// The rankers that are compared.
    public var ranker = RankerConfiguration()
    /// How their probabilities are brought to the frequencies of the impressions that are kept out: none or
    /// platt.
    public var calibration = Calibration.none
    /// The A/B simulation with them.
    public var auction = AuctionConfiguration()

    /// How probabilities are calibrated.
    public enum Calibration: String, Codable, Sendable, CaseIterable {
        /// As the network has them.
        case none
        /// A slope and an intercept of each tower's logits; needs `ranker.validationShare`.
        case platt
    }

    /// The demo's values.
    public init() {}
}

/// Product quantization of user embeddings, §2.4.
public struct CodesConfiguration: Codable, Sendable, Equatable {
    /// What turns an embedding into codes: product or residual.
    public var quantizer = Quantizer.product
    /// M, the number of sub-quantizers, or of residual stages; of sub-quantizers, it divides the embedding's
    /// width.
    public var subQuantizers = 8
    /// log₂ C, C the number of centroids a sub-quantizer. FAISS wants 39 · C training users.
    public var bits = 4
    /// Whether embeddings are first turned by a rotation that is trained to lose less (OPQ); of product codes
    /// only.
    public var rotates = false
    /// How the most similar user is searched for: exact, hnsw or ivfpq.
    public var search = NeighborSearch.exact

    /// What turns an embedding into codes.
    public enum Quantizer: String, Codable, Sendable, CaseIterable {
        /// Each code is the nearest centroid of a slice (§2.4).
        case product
        /// Each code is the nearest centroid of what the codes before it left: from coarse to fine.
        case residual
    }

    /// How the most similar user is searched for.
    public enum NeighborSearch: String, Codable, Sendable, CaseIterable {
        /// Every embedding is compared.
        case exact
        /// A navigable graph.
        case hnsw
        /// Cells with product-quantized residuals.
        case ivfpq
    }

    /// The demo's values.
    public init() {}
}

/// Training of an ESMM ranker.
public struct RankerConfiguration: Codable, Sendable, Equatable {
    /// Passes over the impressions.
    public var epochs = 3
    /// Impressions an optimizer step.
    public var batchSize = 512
    /// Peak learning rate.
    public var learningRate = 2e-3
    /// Behaviours of the user before the impression.
    public var historyLength = 20
    /// The network.
    public var network = NetworkConfiguration()
    /// Share of the impressions, the latest ones, that are kept out to stop by; 0 trains on all of them for
    /// all `epochs`.
    public var validationShare = 0.0
    /// Epochs without a smaller validation loss before training stops; the best epoch's weights are kept.
    public var patience = 1

    /// The demo's values.
    public init() {}
}
