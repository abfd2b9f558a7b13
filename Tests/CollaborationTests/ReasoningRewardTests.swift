import Catalogue
import Foundation
import LanguageModels
import Pipeline
import TestSupport
import Testing

@testable import Collaboration

@Suite("Reward for reasoning", .serialized) struct ReasoningRewardTests {
    private let sample = PromptSample(
        id: "a", user: 0, role: .collaborate, time: 0, history: [], target: 0, prompt: "what next",
        revealedPrompt: "")

    @Test("is what the reasoning adds to the answer's mean log-likelihood, within −1 and 1")
    func value() throws {
        func score(_ values: Double...) throws -> AnswerScore { try AnswerScore(logProbabilities: values) }
        let plain = try score(-2, -1)
        #expect(ReasoningReward.value(plain, plain) == 0)
        #expect(abs(ReasoningReward.value(plain, try score(-1.5, -0.5)) - 0.5) < 1e-12)
        #expect(abs(ReasoningReward.value(plain, try score(-2.2, -1.2)) + 0.2) < 1e-12)
        #expect(ReasoningReward.value(plain, try score(-9, -9)) == -1)
        #expect(ReasoningReward.value(try score(-9, -9), plain) == 1)
    }

    @Test("equals Eq. (1) with and without each chain of thought; none earns the least")
    func values() throws {
        let model = try TinyPolicy.model()
        let reward = ReasoningReward(model, maximumTokens: 64)
        let target = "an apple"
        let found = try reward.values(
            [["because red", nil, "", "because red"], ["it is ripe", "no", nil, nil]],
            samples: [sample, sample], targets: [target, target])
        #expect(found[0][0] == found[0][3] && found[0][1] == -1 && found[0][2] == 0)
        #expect(found[1][2...] == [-1, -1])
        let prompt = try model.promptTokens(user: sample.prompt)
        func score(_ reasoning: String) throws -> AnswerScore {
            try perplexity(
                ofAnswer: model.outputTokens(answer: target), given: prompt,
                reasoning: [model.outputTokens(reasoning: reasoning)], under: model.decoder)[0]
        }
        for (text, value) in [("because red", found[0][0]), ("it is ripe", found[1][0]), ("no", found[1][1])]
        {
            let wanted = ReasoningReward.value(try score(""), try score(text))
            #expect(abs(value - wanted) < 1e-4 && value != 0, "\(text): \(value), \(wanted)")
        }
    }

    @Test("is paid beside the others, and never where the answer or the reasoning is missing")
    func rewarder() throws {
        let encoder = try SentenceEncoder(named: PackageFolder.dependency("models/minilm").path)
        var configuration = CollaborateConfiguration()
        configuration.rewards = [.semantic, .collaborative, .reasoning]
        let titles = ["apples", "pears"]
        let rewarder = Rewarder(
            encoder: encoder,
            environment: try SimulationEnvironment(
                samples: ["a"], scores: [0.2, 0.4],
                titles: .init(values: encoder.embed(titles), width: encoder.width)),
            configuration, reasoning: ReasoningReward(try TinyPolicy.model(), maximumTokens: 64))
        let found = try rewarder.reward(
            [
                [
                    "<think>fruit</think><answer>Item title: pears</answer>",
                    "<answer>Item title: pears</answer>", "<think>fruit</think>",
                ]
            ], tokens: [[9, 9, 9]], samples: [sample], targets: ["Item title: apples"])[0]
        #expect(found.map(\.rewards.count) == [3, 3, 3])
        #expect(try #require(found[0].rewards[.reasoning]) > -1)
        #expect(found[1].rewards[.reasoning] == -1 && found[2].rewards[.reasoning] == -1)
    }
}
