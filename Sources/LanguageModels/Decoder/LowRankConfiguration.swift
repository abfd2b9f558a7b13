public import Pipeline

/// Which weights get low-rank adapters, and of what rank.
public struct LowRankConfiguration: Codable, Sendable, Equatable {
    /// The linear maps of a layer, by their names in a checkpoint.
    public enum Target: String, Codable, Sendable, CaseIterable {
        case query = "q_proj"
        case key = "k_proj"
        case value = "v_proj"
        case output = "o_proj"
        case gate = "gate_proj"
        case up = "up_proj"
        case down = "down_proj"
    }

    /// r, the rank of a change.
    public var rank: Int
    /// α; a change is scaled by α / r.
    public var alpha: Double
    /// The maps that get an adapter.
    public var targets: [Target]

    /// All maps, as the field does by default.
    public init(rank: Int, alpha: Double? = nil, targets: [Target] = Target.allCases) {
        self.rank = rank
        self.alpha = alpha ?? Double(2 * rank)
        self.targets = targets
    }

    /// From a run's configuration; nil when it trains all weights.
    ///
    /// - Throws: `LanguageModelError.configuration` naming a target that a layer does not have.
    public init?(_ configuration: AdapterConfiguration) throws {
        guard configuration.rank > 0 else { return nil }
        let targets = try configuration.targets.map { name in
            guard let target = Target(rawValue: name) else {
                throw LanguageModelError.configuration(
                    "'\(name)' is no map of a layer; expected some of "
                        + Target.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return target
        }
        self.init(rank: configuration.rank, alpha: configuration.alpha, targets: targets)
    }

    /// - Throws: `LanguageModelError.configuration` naming the value that is out of range.
    public func validate() throws {
        guard rank > 0 else {
            throw LanguageModelError.configuration("the adapters' rank is \(rank); expected at least 1")
        }
        guard !targets.isEmpty, Set(targets).count == targets.count else {
            throw LanguageModelError.configuration(
                "the adapters' targets are \(targets.map(\.rawValue)); expected one or more, each once, of "
                    + Target.allCases.map(\.rawValue).joined(separator: ", "))
        }
    }
}
