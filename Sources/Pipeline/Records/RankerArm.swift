/// One of the rankers that are compared: the same network, data and seed with other feature groups.
public enum RankerArm: String, Codable, Sendable, CaseIterable {
    /// None of the new features: the judge.
    case baseline
    /// The user's codes.
    case codes
    /// The similar users' sequence.
    case sequence
    /// Both: the enhanced ranker.
    case both
    /// Both, as the first snapshot has them for all impressions; only where there are several.
    case frozen
    /// Every user gets another user's codes and similar user, drawn by seed: what two more feature groups are
    /// worth without their meaning.
    case shuffled
    /// The user's own codes, and a random other user's sequence.
    case randomNeighbors
    /// Both, made of the base model's output: what reasoning is worth without the training.
    case baseModel
    /// Both, made of the titles of the user's history: what an embedding is worth without any reasoning.
    case history

    /// As a table's row.
    public var title: String {
        switch self {
        case .baseline: "baseline"
        case .codes: "+ codes"
        case .sequence: "+ sequence"
        case .both: "+ both"
        case .frozen: "+ both, frozen"
        case .shuffled: "+ both, shuffled (placebo)"
        case .randomNeighbors: "+ both, random neighbours (placebo)"
        case .baseModel: "+ both, base model's output (placebo)"
        case .history: "+ both, raw history's embedding (placebo)"
        }
    }

    /// Whether its features mean nothing, or cost no training.
    public var isPlacebo: Bool {
        switch self {
        case .baseline, .codes, .sequence, .both, .frozen: false
        case .shuffled, .randomNeighbors, .baseModel, .history: true
        }
    }
}
