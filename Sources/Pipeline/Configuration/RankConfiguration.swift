/// Online ranking: codes, similar users' sequences and the enhanced ranker, §2.4.
public struct RankConfiguration: Codable, Sendable, Equatable {
    /// Maximum length of a user's reasoning and answer.
    public var maximumTokens = 96
    /// Users whose text is generated side by side.
    public var batchSize = 32
    /// What the weights are rounded to while reasoning and answers are written, here and by a service.
    public var generationWeights = GenerationWeights.float32
    /// A server that has the aligned model and writes every user's text.
    public var endpoint = EndpointConfiguration()
    /// Times at which features are made, evenly spaced from the start of the rankers' window to the end
    /// of the test; an impression reads the newest before it.
    public var snapshots = 1
    /// The codes that user embeddings are quantized to, §2.4.
    public var codes = CodesConfiguration()
    /// Whose hidden states embed a user's reasoning and answer.
    public var embedding = UserEmbedding.encoder
    /// Similar users whose behaviours are lent to a user, merged newest first.
    public var similarUsers = 1
    /// Maximum length of the similar users' sequence.
    public var similarSequenceLength = 100
    /// Whether the user's codes are crossed with the candidate's L2 category.
    public var codeCrosses = false
    /// Whether candidates are crossed with what the similar users bought, weighted by similarity and age; a
    /// service cannot serve such a ranker.
    public var similarCrosses = false
    /// Whether candidates are crossed with the titles that are nearest to what was written about the user; a
    /// service cannot serve such a ranker.
    public var textCrosses = false
    /// The rankers that are compared; all are trained alike.
    public var ranker = RankerConfiguration()
    /// Rankers of each arm of the experiment, which differ by their seed; tables show their mean.
    public var seeds = 1
    /// How the rankers' probabilities are fitted to held-out impressions.
    public var calibration = Calibration.none
    /// The A/B simulation of Table 2.
    public var auction = AuctionConfiguration()

    /// How probabilities are calibrated.
    public enum Calibration: String, Codable, Sendable, CaseIterable {
        /// Not at all.
        case none
        /// A slope and an intercept per tower; needs `ranker.validationShare`.
        case platt
    }

    /// The demo's values.
    public init() {}
}

/// What a user's reasoning and answer are embedded by.
public enum UserEmbedding: String, Codable, Sendable, CaseIterable {
    /// The sentence encoder, `embedder`.
    case encoder
    /// The model that wrote them: the mean of its last layer's states over the text.
    case model
    /// Both side by side.
    case both
}

/// Product quantization of user embeddings, §2.4.
public struct CodesConfiguration: Codable, Sendable, Equatable {
    /// What turns an embedding into codes.
    public var quantizer = Quantizer.product
    /// M: sub-quantizers, whose number must divide the embedding's width, or residual stages.
    public var subQuantizers = 8
    /// log₂ C, with C centroids per code. At least C users are required; FAISS recommends 39 C.
    public var bits = 4
    /// Whether embeddings are first rotated by a matrix that is trained to lose less (OPQ); product codes
    /// only.
    public var rotates = false
    /// How the most similar users are searched for.
    public var search = NeighborSearch.exact

    /// What turns an embedding into codes.
    public enum Quantizer: String, Codable, Sendable, CaseIterable {
        /// Each code is the nearest centroid of a slice.
        case product
        /// Each code is the nearest centroid of what the codes before it left.
        case residual
    }

    /// How the most similar user is searched for.
    public enum NeighborSearch: String, Codable, Sendable, CaseIterable {
        /// Every embedding is compared.
        case exact
        /// A navigable graph.
        case hnsw
        /// Cells with product-quantized residuals; needs 64 users or more.
        case ivfpq
    }

    /// The demo's values.
    public init() {}
}

/// Training of an ESMM ranker.
public struct RankerConfiguration: Codable, Sendable, Equatable {
    /// Passes over the impressions, at most, if `validationShare` is above 0.
    public var epochs = 3
    /// Impressions per optimizer step.
    public var batchSize = 512
    /// Peak learning rate.
    public var learningRate = 2e-3
    /// Purchases of the user before the impression that the ranker reads.
    public var historyLength = 20
    /// The network: ESMM with shared embeddings and two towers.
    public var network = NetworkConfiguration()
    /// Share of the impressions, the latest ones, held out for early stopping; 0 trains on all of them for
    /// all `epochs`.
    public var validationShare = 0.0
    /// Epochs without a lower validation loss before training stops; the best epoch's weights are kept.
    /// Without effect if `validationShare` is 0.
    public var patience = 1

    /// The demo's values.
    public init() {}
}
