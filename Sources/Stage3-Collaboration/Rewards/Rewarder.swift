import Catalogue
import Evaluation
public import LanguageModels
public import Pipeline

/// Gives every reward to rollouts.
public struct Rewarder {
    private let encoder: SentenceEncoder
    private let environment: SimulationEnvironment
    private let configuration: CollaborateConfiguration

    /// - Parameters:
    ///   - encoder: the sentence encoder of Eq. (3) and of grounding.
    ///   - environment: the simulated scores of Eq. (4).
    public init(
        encoder: SentenceEncoder, environment: SimulationEnvironment,
        _ configuration: CollaborateConfiguration
    ) {
        self.encoder = encoder
        self.environment = environment
        self.configuration = configuration
    }

    /// Rewards of every rollout of every sample. A text is embedded once however often it occurs, so that
    /// equal answers earn exactly equal rewards.
    ///
    /// - Parameters:
    ///   - texts: `[N][G]`.
    ///   - tokens: length of each, `[N][G]`.
    ///   - samples: `[N]`.
    ///   - targets: description of each sample's true item in the form of an answer, `[N]`.
    /// - Returns: `[N][G]`.
    public func reward(
        _ texts: [[String]], tokens: [[Int]], samples: [PromptSample], targets: [String]
    ) throws -> [[RewardedAnswer]] {
        let answers = texts.map { $0.map(AnswerParser.parse) }
        let written = answers.joined().flatMap { [$0.answer, $0.groundingText].compactMap { $0 } } + targets
        let vectors = try TextVectors(written, by: encoder)
        return try answers.enumerated().map { prompt, group in
            try group.enumerated().map { place, answer in
                try reward(
                    answer, tokens: tokens[prompt][place], sample: samples[prompt],
                    target: vectors[targets[prompt]], vectors)
            }
        }
    }

    private func reward(
        _ answer: ParsedAnswer, tokens: Int, sample: PromptSample, target: [Float]?,
        _ vectors: TextVectors
    ) throws -> RewardedAnswer {
        let title = answer.groundingText.flatMap { vectors[$0] }
        let grounding = title.map(environment.titles.nearest)
        let outcome: AnswerOutcome =
            switch grounding {
            case nil: answer.outcome == .noAnswer ? .missing : .unparseable
            case let found?: found.similarity < configuration.groundingThreshold ? .offCatalogue : .grounded
            }
        var rewards: [RewardSource: Double] = [:]
        for source in configuration.rewards {
            rewards[source] =
                switch (source, grounding) {
                case (_, nil): source.minimum
                case (.semantic, _):
                    SemanticReward.value(
                        predicted: vectors[answer.answer],
                        target: target ?? Array(repeating: 0, count: encoder.width))
                case (.collaborative, let found?):
                    outcome == .grounded
                        ? try environment.reward(sample: sample.id, entry: found.entry) : source.minimum
                case (.format, _): FormReward.format(answer)
                case (.length, _):
                    FormReward.length(tokens: tokens, maximumTokens: configuration.maximumTokens)
                }
        }
        return RewardedAnswer(answer: answer, outcome: outcome, grounding: grounding, rewards: rewards)
    }
}
