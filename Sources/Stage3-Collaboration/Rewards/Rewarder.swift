import Catalogue
import Evaluation
public import LanguageModels
public import Pipeline

/// Gives every reward to rollouts.
public struct Rewarder {
    private let encoder: SentenceEncoder
    private let environment: SimulationEnvironment
    private let configuration: CollaborateConfiguration
    private let reasoning: ReasoningReward?

    /// - Parameters:
    ///   - encoder: the sentence encoder of Eq. (3) and of grounding.
    ///   - environment: the simulated scores of Eq. (4).
    ///   - reasoning: needed where reasoning is rewarded.
    public init(
        encoder: SentenceEncoder, environment: SimulationEnvironment,
        _ configuration: CollaborateConfiguration, reasoning: ReasoningReward? = nil
    ) {
        precondition(
            reasoning != nil || !configuration.rewards.contains(.reasoning),
            "a reward for reasoning needs a model that measures it")
        self.encoder = encoder
        self.environment = environment
        self.configuration = configuration
        self.reasoning = reasoning
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
        let gains =
            try configuration.rewards.contains(.reasoning)
            ? reasoning?.values(
                answers.map { $0.map { $0.thinkTag == .closed ? $0.reasoning : nil } }, samples: samples,
                targets: targets) : nil
        return try answers.enumerated().map { prompt, group in
            let rewarded = try group.enumerated().map { place, answer in
                try reward(
                    answer, tokens: tokens[prompt][place], gain: gains?[prompt][place],
                    sample: samples[prompt], target: vectors[targets[prompt]], vectors)
            }
            return configuration.missingAnswer == .worst ? Self.fillingMissing(rewarded) : rewarded
        }
    }

    /// Gives rollouts without an answer what the worst answer of the group earned, reward by reward.
    static func fillingMissing(_ group: [RewardedAnswer]) -> [RewardedAnswer] {
        let answered = group.filter { $0.grounding != nil }
        guard !answered.isEmpty else { return group }
        return group.map { answer in
            guard answer.grounding == nil else { return answer }
            var filled = answer
            for source in answer.rewards.keys {
                filled.rewards[source] = answered.compactMap { $0.rewards[source] }.min()
            }
            return filled
        }
    }

    private func reward(
        _ answer: ParsedAnswer, tokens: Int, gain: Double?, sample: PromptSample, target: [Float]?,
        _ vectors: TextVectors
    ) throws -> RewardedAnswer {
        let hasForm =
            answer.thinkTag == .closed && answer.answerTag == .closed && tokens < configuration.maximumTokens
        let text = hasForm || !configuration.requiresForm ? answer.groundingText : nil
        let title = text.flatMap { vectors[$0] }
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
                case (.reasoning, _): gain ?? source.minimum
                }
        }
        return RewardedAnswer(answer: answer, outcome: outcome, grounding: grounding, rewards: rewards)
    }
}
