import Catalogue
import Evaluation
import Foundation
import LanguageModels
import Pipeline
import TestSupport
import Testing

@testable import Collaboration

@Suite struct RewarderTests {
    private static let titles = ["WHOLE MILK 1 GAL", "CHEDDAR CHEESE 8 OZ", "PAPER TOWELS 6 CT"]

    private func rewarder(
        _ rewards: [RewardSource] = RewardSource.allCases, threshold: Double = 0.6
    ) throws -> Rewarder {
        let encoder = try SentenceEncoder(named: PackageFolder.dependency("models/minilm").path)
        var configuration = CollaborateConfiguration()
        configuration.rewards = rewards
        configuration.groundingThreshold = threshold
        configuration.maximumTokens = 100
        return Rewarder(
            encoder: encoder,
            environment: try SimulationEnvironment(
                samples: ["a"], scores: [0.2, 0.4, 0.6],
                titles: TitleIndex(values: encoder.embed(Self.titles), width: encoder.width)),
            configuration)
    }

    private func answers(_ texts: [String], _ rewarder: Rewarder) throws -> [RewardedAnswer] {
        let sample = PromptSample(
            id: "a", user: 0, role: .collaborate, time: 0, history: [], target: 0, prompt: "",
            revealedPrompt: "")
        return try rewarder.reward(
            [texts], tokens: [texts.map { _ in 25 }], samples: [sample],
            targets: ["Item title: CHEDDAR CHEESE 8 OZ; Category L1: GROCERY"])[0]
    }

    @Test("every kind of answer has its outcome; only grounded answers earn a collaborative reward")
    func outcomes() throws {
        let found = try answers(
            [
                "<think>milk</think><answer>Item title: CHEDDAR CHEESE 8 OZ; Category L1: GROCERY</answer>",
                "<think>milk</think><answer></answer>", "nothing in the form that was asked for",
                "<answer>Category L1: GROCERY</answer>",
                "<answer>Item title: quantum chromodynamics lecture notes</answer>",
            ], rewarder())
        #expect(found.map(\.outcome) == [.grounded, .missing, .missing, .unparseable, .offCatalogue])
        #expect(found[0].grounding?.entry == 1)
        #expect(difference(try #require(found[0].rewards[.semantic]), 1) < 1e-5)
        let middle = try #require(found[0].rewards[.collaborative])
        #expect(difference(middle, 0.5) < 1e-6, "of 0.2 to 0.6")
        #expect(found[0].rewards[.format] == 0.5 && found[0].rewards[.length] == 0.75)
        for answer in found[1...3] {
            for source in RewardSource.allCases { #expect(answer.rewards[source] == source.minimum) }
            #expect(answer.grounding == nil)
        }
        // Off the catalogue: the semantic reward is paid, the collaborative one is not.
        #expect(found[4].grounding != nil && found[4].rewards[.collaborative] == 0)
        #expect(try #require(found[4].rewards[.semantic]) > RewardSource.semantic.minimum)
    }

    @Test("the threshold decides what is off the catalogue, and only configured rewards are paid")
    func thresholdDecidesGrounding() throws {
        let text = ["<answer>Item title: quantum chromodynamics lecture notes</answer>"]
        let found = try answers(text, rewarder([.semantic, .collaborative], threshold: -1))
        #expect(found[0].outcome == .grounded)
        #expect(Set(found[0].rewards.keys) == [.semantic, .collaborative])
        let table = [found].table([.collaborative, .semantic])
        #expect(table[0][0][0] == found[0].rewards[.collaborative])
    }

    @Test("the full format earns 1, half of it 0.5; the length reward falls from 1 to 0")
    func formatRewardWorkedByHand() {
        let reasons = "<think>because</think>"
        let answer = "<answer>Item title: X; Category L1: A; Category L2: B; Category L3: C</answer>"
        #expect(FormReward.format(AnswerParser.parse(reasons + answer)) == 1)
        #expect(FormReward.format(AnswerParser.parse(answer)) == 0.5)
        #expect(FormReward.format(AnswerParser.parse(reasons)) == 0.5)
        #expect(FormReward.format(AnswerParser.parse("<think>" + answer)) == 0.5)
        #expect(FormReward.length(tokens: 0, maximumTokens: 4) == 1)
        #expect(FormReward.length(tokens: 4, maximumTokens: 4) == 0)
    }
}
