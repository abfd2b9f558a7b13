/// The paper's tables on public data (`taiji experiment`).
public struct ExperimentConfiguration: Codable, Sendable, Equatable {
    /// Every arm is run once for each; users are drawn anew, and a table pools them.
    public var seeds = [7, 8, 9]
    /// Weights of the semantic reward in the sweep of fixed weights; the collaborative one has the rest.
    public var fixedWeights = [0, 0.25, 0.5, 0.75, 1]

    /// The defaults.
    public init() {}

    /// - Throws: `ConfigurationError.invalid` naming the first setting that is out of range.
    func validate() throws {
        guard !seeds.isEmpty, Set(seeds).count == seeds.count, seeds.allSatisfy({ $0 >= 0 }) else {
            throw ConfigurationError.invalid(
                key: "experiment.seeds", message: "are \(seeds); expected different numbers, 0 or more")
        }
        guard fixedWeights.allSatisfy((0...1).contains) else {
            throw ConfigurationError.invalid(
                key: "experiment.fixedWeights", message: "are \(fixedWeights); expected numbers 0…1")
        }
    }
}
