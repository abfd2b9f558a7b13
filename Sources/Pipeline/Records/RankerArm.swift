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
    /// Both, with the most similar user alone; only where there are more.
    case oneNeighbor
    /// Both, with the ten most similar users; only where there are more.
    case tenNeighbors
    /// The judge without what the user did over all history.
    case plain
    /// The plain judge with both.
    case plainBoth
    /// Every user gets another user's codes and similar user, drawn by seed: what two more feature groups are
    /// worth without their meaning.
    case shuffled
    /// The user's own codes, and a random other user's sequence.
    case randomNeighbors
    /// Both, made of the base model's output: what reasoning is worth without the training.
    case baseModel
    /// Both, made of the titles of the user's history: what an embedding is worth without any reasoning.
    case history
    /// Both, made of purchase vectors: what similar users and codes are worth without a language model.
    case purchases
    /// Both, made of the purchases that follow: what any search for similar users could give.
    case oracleNeighbors
    /// Both, made of the titles of the next visit: what any text could give.
    case oracleText
    /// Crosses of candidates with the text alone (`rank.textCrosses`).
    case text
    /// The same with another user's text, drawn by seed.
    case textShuffled
    /// The same with the base model's output.
    case textBase
    /// The same with the titles of the user's history.
    case textHistory
    /// The same with the titles of the next visit: what any text could give.
    case textOracle

    /// As a table's row.
    public var title: String {
        switch self {
        case .baseline: "baseline"
        case .codes: "+ codes"
        case .sequence: "+ sequence"
        case .both: "+ both"
        case .frozen: "+ both, frozen"
        case .oneNeighbor: "+ both, one similar user"
        case .tenNeighbors: "+ both, ten similar users"
        case .plain: "plain baseline (no long history)"
        case .plainBoth: "plain baseline + both"
        case .shuffled: "+ both, shuffled (placebo)"
        case .randomNeighbors: "+ both, random neighbours (placebo)"
        case .baseModel: "+ both, base model's output (placebo)"
        case .history: "+ both, raw history's embedding (placebo)"
        case .purchases: "+ both, purchase vectors (placebo)"
        case .oracleNeighbors: "+ both, oracle neighbours (ceiling)"
        case .oracleText: "+ both, oracle text (ceiling)"
        case .text: "+ text"
        case .textShuffled: "+ text, shuffled (placebo)"
        case .textBase: "+ text, base model's output (placebo)"
        case .textHistory: "+ text, raw history (placebo)"
        case .textOracle: "+ text, oracle (ceiling)"
        }
    }

    /// Whether its features mean nothing, or cost no training.
    public var isPlacebo: Bool {
        switch self {
        case .shuffled, .randomNeighbors, .baseModel, .history, .purchases, .textShuffled, .textBase,
            .textHistory:
            true
        default: false
        }
    }

    /// Whether it reads crosses with the text and nothing else that is new.
    public var isTextAlone: Bool {
        switch self {
        case .text, .textShuffled, .textBase, .textHistory, .textOracle: true
        default: false
        }
    }

    /// Whether it lacks what the user did over all history.
    public var isPlain: Bool { self == .plain || self == .plainBoth }

    /// The arm that it is compared with; nil for the baseline.
    public var reference: RankerArm? {
        switch self {
        case .baseline: nil
        case .plainBoth: .plain
        default: .baseline
        }
    }

    /// The arm that has what this one lacks, where their difference is a question: `+ both`, and `+ text` of
    /// arms that read the text alone.
    public var counterpart: RankerArm? {
        switch self {
        case .baseline, .codes, .sequence, .both, .plain, .plainBoth, .text: nil
        default: isTextAlone ? .text : .both
        }
    }

    /// Whether a run with some settings has this arm.
    public func isNeeded(_ configuration: RankConfiguration) -> Bool {
        switch self {
        case .frozen: configuration.snapshots > 1
        case .oneNeighbor: configuration.similarUsers > 1
        case .tenNeighbors: configuration.similarUsers > 10
        default: !isTextAlone || configuration.textCrosses
        }
    }
}
