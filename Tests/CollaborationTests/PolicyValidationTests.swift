import Catalogue
import Foundation
import LanguageModels
import Pipeline
import RankingModels
import TestSupport
import Testing

@testable import Collaboration

@Suite("Policy validation", .serialized) struct PolicyValidationTests {
    private static let items = [
        ("WHOLE MILK 1 GAL", ["GROCERY", "MILK", "WHOLE"]),
        ("CHEDDAR CHEESE 8 OZ", ["GROCERY", "CHEESE", "HARD"]),
        ("PAPER TOWELS 6 CT", ["HOUSEHOLD", "PAPER", "TOWELS"]),
    ].enumerated().map { place, item in
        Item(id: "\(place)", title: item.0, categories: item.1, brand: "b", price: 1)
    }

    /// User 0 buys the first item on every visit that shows it, and never the last one.
    private func ranker() throws -> Ranker {
        let users = (0..<2).map { User(id: "\($0)", profile: "", attributes: [:], role: .collaborate) }
        let data = RankingData(users: users, items: Self.items, events: [])
        let impressions = (0..<240).map { index in
            let item = Int32(index % 3)
            return Impression(
                user: Int32(index / 3 % 2), item: item, time: Int64(index) * 3600, basket: Int64(index),
                isClick: item < 2, isConversion: item == 0, period: .languageModel)
        }
        var configuration = RankerConfiguration()
        (configuration.epochs, configuration.batchSize, configuration.learningRate) = (20, 32, 0.01)
        return try RankerTrainer(data, configuration: configuration, samplingRate: 1, seed: 1).train(
            impressions, title: "test", progress: RunProgress())
    }

    @Test("computes the metrics of Table 1 on the held-out prompts") func measuresTable1OnHeldOutPrompts()
        throws
    {
        let encoder = try SentenceEncoder(named: PackageFolder.dependency("models/minilm").path)
        let titles = try TitleIndex(
            values: encoder.embed(Self.items.map(\.title)), width: encoder.width)
        let ranker = try ranker()
        let samples = (0..<4).map { index in
            PromptSample(
                id: "\(index)", user: Int32(index % 2), role: .collaborate, time: 500, history: [], target: 0,
                prompt: "", revealedPrompt: "")
        }
        let validation = PolicyValidation(
            scorer: try AnswerScorer(
                samples: samples, items: Self.items,
                catalogue: Self.items.enumerated().map { CatalogueEntry(item: Int32($0), title: $1.title) },
                titles: titles, encoder: encoder, ranker: ranker),
            environment: SimulationEnvironment(
                samples: samples.map(\.id), scores: samples.flatMap { _ in [0, 0.25, 1] }, titles: titles))
        let found = try validation.metrics([
            "<think>a</think><answer>Item title: WHOLE MILK 1 GAL; Category L1: GROCERY; Category L2: MILK; "
                + "Category L3: WHOLE</answer>",
            "<think>a</think><answer>Item title: CHEDDAR CHEESE 8 OZ; Category L1: GROCERY; Category L2: "
                + "CHEESE</answer>",
            "<answer>Item title: PAPER TOWELS 6 CT; Category L1: HOUSEHOLD</answer>", "nothing at all",
        ])
        #expect(found[.categoryL1] == 0.5 && found[.categoryL2] == 0.25 && found[.categoryL3] == 0.25)
        #expect(found[.answered] == 0.75)
        // With three titles, every answer ranks the target among the first 50.
        #expect(found[.titleHitRate50] == 0.75 && found[.titleHitRate100] == 0.75)
        // Of four answers: milk earns 0, cheese a quarter, towels 1, nothing 0.
        #expect(difference(try #require(found[.collaborative]), 1.25 / 4) < 1e-6)
        #expect(try #require(found[.similarity]) > 0.25 && found[.distinctOpenings] == 0)
        #expect(found[.words] == 9.75, "15, 12, 9 and 3 words")
        #expect(
            PolicyValidation.distinctOpenings([
                "<think>a b c d e f</think>", "<think>a b c d e g</think>", "<think>b</think>",
            ]) == 1.0 / 3)
        let expected = try (0..<3).reduce(0.0) { sum, index in
            try sum + ranker.ctcvr(user: Int32(index % 2), items: [Int32(index)], at: 500)[0]
        }
        #expect(difference(try #require(found[.ctcvr]), expected / 4) < 1e-12)
        let best = try validation.metrics(
            samples.map { _ in "<answer>Item title: WHOLE MILK 1 GAL</answer>" })
        let worst = try validation.metrics(
            samples.map { _ in "<answer>Item title: PAPER TOWELS 6 CT</answer>" })
        #expect(try #require(best[.ctcvr]) > 0.5)
        #expect(try #require(worst[.ctcvr]) < 0.1)
        #expect(Set(found.keys) == Set(ValidationConfiguration.Metric.allCases))
    }
}
