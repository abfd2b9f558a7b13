/// What a run draws random numbers for: each purpose has a stream of its own, so that what one draws never
/// shifts another.
public enum RandomStream: Sendable {
    /// The teacher's chains of thought.
    case teacher
    /// The order of fine-tuning's batches.
    case fineTuning
    /// The ranker that pays the collaborative reward.
    case rewardRanker
    /// Rollouts and the order of prompts.
    case policy
    /// The ranker that validates policy optimization.
    case validationRanker
    /// Initial weights of low-rank adapters.
    case adapters
    /// The rankers of stage 4, all of them alike.
    case rankers
    /// Training of the code book of user embeddings.
    case codes
    /// Intervals of the rankers' metrics.
    case rankingBootstrap
    /// Slates that a random policy logged in the A/B simulation.
    case loggedSlates
    /// Intervals of the tables of answers.
    case evaluationBootstrap
    /// The sequence model among the heuristic baselines.
    case sequenceModel
    /// Intervals of tables over several seeds.
    case tablesBootstrap

    /// The numbers that `SeededGenerator` mixes with the seed.
    var path: [Int] {
        switch self {
        case .teacher: [1]
        case .fineTuning: [2]
        case .rewardRanker: [3, 0]
        case .policy: [3, 1]
        case .validationRanker: [3, 2]
        case .adapters: [3, 3]
        case .rankers: [4]
        case .codes: [4, 0]
        case .rankingBootstrap: [4, 2]
        case .loggedSlates: [4, 3]
        case .evaluationBootstrap: [5]
        case .sequenceModel: [5, 1]
        case .tablesBootstrap: [6]
        }
    }
}

extension TaijiConfiguration {
    /// The random numbers of one purpose under the configuration's seed.
    public func stream(_ stream: RandomStream) -> SeededGenerator {
        SeededGenerator(seed: UInt64(seed), path: stream.path)
    }
}
