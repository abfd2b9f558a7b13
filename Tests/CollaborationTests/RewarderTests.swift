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
        _ rewards: [RewardSource] = RewardSource.allCases.filter { $0 != .reasoning },
        threshold: Double = 0.6,
        requiresForm: Bool = false
    ) throws -> Rewarder {
        let encoder = try SentenceEncoder(named: PackageFolder.dependency("models/minilm").path)
        var configuration = CollaborateConfiguration()
        configuration.rewards = rewards
        configuration.groundingThreshold = threshold
        configuration.maximumTokens = 100
        configuration.requiresForm = requiresForm
        return Rewarder(
            encoder: encoder,
            environment: try SimulationEnvironment(
                samples: ["a"], scores: [0.2, 0.4, 0.6],
                titles: TitleIndex(values: encoder.embed(Self.titles), width: encoder.width)),
            configuration)
    }

    private func answers(
        _ texts: [String], _ rewarder: Rewarder, tokens: [Int]? = nil
    ) throws -> [RewardedAnswer] {
        let sample = PromptSample(
            id: "a", user: 0, role: .collaborate, time: 0, history: [], target: 0, prompt: "",
            revealedPrompt: "")
        return try rewarder.reward(
            [texts], tokens: [tokens ?? texts.map { _ in 25 }], samples: [sample],
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
            for source in answer.rewards.keys { #expect(answer.rewards[source] == source.minimum) }
            #expect(answer.grounding == nil)
        }
        // Off the catalogue: the semantic reward is paid, the collaborative one is not.
        #expect(found[4].grounding != nil && found[4].rewards[.collaborative] == 0)
        #expect(try #require(found[4].rewards[.semantic]) > RewardSource.semantic.minimum)
    }

    @Test("a lift is over the mean of all samples") func liftIsOverAllSamples() throws {
        let titles = try TitleIndex(values: [1, 0, 0, 1], width: 2)
        func environment(_ scale: RewardScale) -> SimulationEnvironment {
            SimulationEnvironment(
                samples: ["a", "b", "c"], scores: [0.9, 0.2, 0.9, 0.1, 0.9, 0.0], titles: titles,
                scale: scale)
        }
        func rewards(_ environment: SimulationEnvironment, _ sample: String) throws -> [Double] {
            try (0..<2).map { try environment.reward(sample: sample, entry: $0) }
        }
        // Everybody's title is the best by score for each of them, and by lift for the one who buys the
        // other least.
        for sample in ["a", "b", "c"] { #expect(try rewards(environment(.log), sample) == [1, 0]) }
        #expect(try rewards(environment(.lift), "a") == [0, 1])
        #expect(try rewards(environment(.lift), "c") == [1, 0])
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

    @Test("where the form is required, what lacks a closing tag or is cut off earns nothing")
    func formIsRequired() throws {
        let whole = "<think>milk</think><answer>Item title: CHEDDAR CHEESE 8 OZ</answer>"
        let texts = [
            whole, whole, "<answer>Item title: CHEDDAR CHEESE 8 OZ</answer>",
            "<think>milk</think><answer>Item title: CHEDDAR CHEESE 8 OZ</think>",
        ]
        let found = try answers(
            texts, rewarder([.semantic, .collaborative], requiresForm: true), tokens: [99, 100, 25, 25])
        #expect(found.map(\.outcome) == [.grounded, .unparseable, .unparseable, .unparseable])
        #expect(found[1...].allSatisfy { $0.rewards[.semantic] == RewardSource.semantic.minimum })
        let paid = try answers(texts, rewarder([.semantic, .collaborative]), tokens: [99, 100, 25, 25])
        #expect(paid.allSatisfy { $0.outcome == .grounded })
    }

    @Test("a missing answer earns what the worst of its group does, where that is asked for")
    func missingAnswers() throws {
        let found = try answers(
            [
                "<answer>Item title: CHEDDAR CHEESE 8 OZ; Category L1: GROCERY</answer>", "nothing",
                "<answer>Item title: PAPER TOWELS 6 CT</answer>",
            ], rewarder([.semantic, .collaborative]))
        let filled = Rewarder.fillingMissing(found)
        #expect(filled[0] == found[0] && filled[2] == found[2])
        #expect(filled[1].rewards[.semantic] == found[2].rewards[.semantic])
        #expect(filled[1].rewards[.collaborative] == found[0].rewards[.collaborative])
        #expect(filled[1].outcome == .missing)
        #expect(Rewarder.fillingMissing([found[1]]) == [found[1]], "no answer in the whole group")
    }

    @Test("scales bring simulated scores to 0…1: by range, by place, by logarithm")
    func scales() {
        let scores = [0.001, 0.1, 0.01, 0.001, 0.02]
        func scaled(_ scale: RewardScale) -> [Double] { CollaborativeReward.normalized(scores, by: scale) }
        func isClose(_ found: [Double], _ wanted: [Double]) -> Bool {
            zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-9 }
        }
        #expect(isClose(scaled(.minMax), [0, 1, 1.0 / 11, 0, 19.0 / 99]))
        // Places 0.5, 4, 2, 0.5, 3.
        #expect(isClose(scaled(.rank), [0, 1, 1.5 / 3.5, 0, 2.5 / 3.5]))
        #expect(isClose(scaled(.log), [0, 1, 0.5, 0, (log10(0.02) + 3) / 2]))
        for scale in RewardScale.allCases {
            let means = [0.1, 0.1]
            #expect(CollaborativeReward.normalized([0.3, 0.3], by: scale, means: means) == [0, 0])
            #expect(CollaborativeReward.normalized([0, 0.3], by: scale, means: means) == [0, 1])
        }
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
