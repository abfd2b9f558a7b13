/// Sizes of an ESMM ranker that the user chooses.
public struct ESMMConfiguration: Codable, Sendable, Equatable {
    /// Width of one embedding.
    public var embeddingWidth = 16
    /// Widths of a tower's hidden layers.
    public var towerWidths = [64, 32]
    /// A value that training saw less often shares its field's unknown row.
    public var minimumCount = 5

    /// Small, for tens of thousands of impressions.
    public init() {}
}
