/// The paper's tables on public data (`taiji experiment`).
public struct ExperimentConfiguration: Codable, Sendable, Equatable {
    /// Each arm runs once per seed, which draws its own users; the tables pool them.
    public var seeds = [7, 8, 9]
    /// Weights of the semantic reward in the sweep of fixed weights; the collaborative reward has the rest.
    public var fixedWeights = [0, 0.25, 0.5, 0.75, 1]

    /// The defaults.
    public init() {}
}
