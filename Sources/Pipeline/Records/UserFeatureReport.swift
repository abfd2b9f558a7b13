/// How well a quantizer separates and keeps a set of vectors.
public struct QuantizationReport: Codable, Sendable, Equatable {
    /// Vectors measured, N.
    public var count: Int
    /// Share of used centroids of each sub-quantizer, `[M]`.
    public var utilization: [Double]
    /// Share of vectors that share their full code with another.
    public var collisionRate: Double
    /// Mean squared distance to the reconstruction; of unit vectors if the quantizer normalizes.
    public var meanSquaredError: Double

    /// Takes every value.
    public init(count: Int, utilization: [Double], collisionRate: Double, meanSquaredError: Double) {
        self.count = count
        self.utilization = utilization
        self.collisionRate = collisionRate
        self.meanSquaredError = meanSquaredError
    }
}

/// What the codes of user embeddings lose, and how near similar users are.
public struct UserFeatureReport: Codable, Sendable, Equatable {
    /// What the code book keeps.
    public var quantization: QuantizationReport
    /// Too few users for the code book.
    public var warning: String?
    /// Mean cosine to the most similar other user.
    public var meanSimilarity: Double
    /// Users whose most similar user has the same text: the model wrote the same for both.
    public var identicalNeighbors: Int
    /// Share of users whose nearest other user an approximate search found; 1 for exact search.
    public var recall: Double
    /// The moment that the features are of, in seconds since 1970; absent in a run with one snapshot.
    public var time: Int64?

    /// Takes every value.
    public init(
        quantization: QuantizationReport, warning: String?, meanSimilarity: Double, identicalNeighbors: Int,
        recall: Double, time: Int64? = nil
    ) {
        self.quantization = quantization
        self.warning = warning
        self.meanSimilarity = meanSimilarity
        self.identicalNeighbors = identicalNeighbors
        self.recall = recall
        self.time = time
    }
}
