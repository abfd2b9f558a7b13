public import Evaluation
public import LanguageModels
public import Pipeline

/// What one rollout said and what it earned.
public struct RewardedAnswer: Codable, Sendable, Equatable {
    /// The parts of the completion.
    public var answer: ParsedAnswer
    /// The catalogue item that the answer means; nil when there is no answer.
    public var grounding: Grounding?
    /// rₛ, Eq. (3).
    public var semantic: Double
    /// r_id, Eq. (4), scaled.
    public var collaborative: Double
}

/// Gives both rewards to rollouts.
public struct Rewarder {
    private let encoder: SentenceEncoder
    private let environment: SimulationEnvironment

    /// - Parameters:
    ///   - encoder: the sentence encoder of Eq. (3) and of grounding.
    ///   - environment: the simulated scores of Eq. (4).
    public init(encoder: SentenceEncoder, environment: SimulationEnvironment) {
        self.encoder = encoder
        self.environment = environment
    }

    /// Rewards of every rollout of every sample. A text is embedded once however often it occurs, so that
    /// equal answers earn exactly equal rewards.
    ///
    /// - Parameters:
    ///   - texts: `[N][G]`.
    ///   - samples: `[N]`.
    ///   - targets: description of each sample's true item in the form of an answer, `[N]`.
    /// - Returns: `[N][G]`.
    public func reward(
        _ texts: [[String]], samples: [PromptSample], targets: [String]
    ) throws -> [[RewardedAnswer]] {
        let answers = texts.map { $0.map(AnswerParser.parse) }
        let written = answers.joined().flatMap { [$0.answer, $0.groundingText].compactMap { $0 } } + targets
        let distinct = Set(written).filter { !$0.isEmpty }.sorted()
        let vectors = try encoder.embed(distinct)
        let embedding = Dictionary(
            uniqueKeysWithValues: distinct.enumerated().map { index, text in
                (text, Array(vectors[index * encoder.width..<(index + 1) * encoder.width]))
            })
        let zero = [Float](repeating: 0, count: encoder.width)
        return try answers.enumerated().map { prompt, group in
            let target = embedding[targets[prompt]] ?? zero
            return try group.map { answer in
                guard let text = answer.groundingText, let title = embedding[text] else {
                    return RewardedAnswer(
                        answer: answer, grounding: nil, semantic: SemanticReward.minimum,
                        collaborative: CollaborativeReward.minimum)
                }
                let grounding = environment.catalogue.nearest(to: title)
                return RewardedAnswer(
                    answer: answer, grounding: grounding,
                    semantic: SemanticReward.value(predicted: embedding[answer.answer], target: target),
                    collaborative: try environment.reward(sample: samples[prompt].id, entry: grounding.entry))
            }
        }
    }
}

extension [[RewardedAnswer]] {
    /// The rewards by source, `[K][N][G]`.
    public var table: RewardTable {
        RewardSource.allCases.map { source in
            map { group in group.map { source == .semantic ? $0.semantic : $0.collaborative } }
        }
    }
}
