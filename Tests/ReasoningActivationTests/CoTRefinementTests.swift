import Foundation
import LanguageModels
import Pipeline
import TestSupport
import Testing

@testable import ReasoningActivation

@Suite("CoT refinement, §2.2.1") struct CoTRefinementTests {
    /// Perplexity by the text of a chain of thought; 50 for one that is not listed.
    private struct Listed: AnswerScorer {
        let perplexities: [String: Double]

        func scores(of prompts: [ScoredPrompt], progress: (Int) -> Void) throws -> [[AnswerScore]] {
            progress(prompts.count)
            return try prompts.map { prompt in
                try prompt.reasoning.map { text in
                    let value = -log(perplexities[text] ?? 50)
                    return try AnswerScore(logProbabilities: [value, value])
                }
            }
        }
    }

    private let items = [
        Item(id: "a", title: "green tea", categories: ["drinks", "tea"], brand: "Uji", price: nil),
        Item(id: "b", title: "plum jam", categories: ["spreads", "jam"], brand: "", price: nil),
    ]

    private func sample(_ id: String, target: Int32) -> PromptSample {
        PromptSample(
            id: id, user: 0, role: .activate, time: 0, history: [], target: target,
            prompt: "Bought: rice; soda", revealedPrompt: "…")
    }

    /// Refines chains of thought about tea, and one about jam.
    private func refine(
        _ chains: [String], _ perplexities: [String: Double],
        _ change: (inout ActivateConfiguration) -> Void = { _ in },
        embed: @escaping ([String]) throws -> [[Float]] = { $0.map { _ in [1, 0] } }
    ) throws -> (scores: [ReasoningScore], refined: [RefinedSample], summary: RefinementSummary) {
        var configuration = ActivateConfiguration()
        configuration.paraphraseThreshold = 1
        change(&configuration)
        let teacher =
            chains.enumerated().map {
                TeacherSample(sample: "tea", index: $0, reasoning: $1, leaks: [], isTruncated: false)
            } + [
                TeacherSample(
                    sample: "jam", index: 0, reasoning: "Jam for bread.", leaks: [], isTruncated: false)
            ]
        var found: (scores: [ReasoningScore], refined: [RefinedSample], summary: RefinementSummary)?
        try withTemporaryFolder { folder in
            let output = Refinement(folder: folder)
            try CoTRefinement(
                Listed(perplexities: perplexities), configuration: configuration, embed: embed
            ).write(
                [sample("jam", target: 1), sample("tea", target: 0)], teacher, items: items, into: output,
                progress: RunProgress(isSilent: true))
            found = (
                try output.scores.read(), try output.refined.read(), try output.summary.read()
            )
        }
        return try #require(found)
    }

    @Test("chains of thought below the median perplexity are kept, with their own text") func threshold()
        throws
    {
        let (scores, refined, summary) = try refine(
            ["good one", "bad one", ""], ["good one": 2, "bad one": 9, "Jam for bread.": 4])
        #expect(scores.map(\.sample) == ["jam", "tea", "tea"] && summary.threshold.isNear(4))
        #expect(refined.map(\.reasoning) == ["good one"] && refined[0].perplexity.isNear(2))
        #expect(summary.candidates == 3 && summary.kept == 1 && summary.leaks == 0)
        #expect(summary.promptsByKept == [1, 1, 0, 0] && summary.restatements == nil)
        #expect(throws: CoTRefinementError.nothingKept(scored: 1)) { try refine([], [:]) }
    }

    @Test("a leak is left out where it is to be, and its perplexity is told without the sentence")
    func leaks() throws {
        let leaking = "They drink. Uji tea it is. So this fits."
        let perplexities = [
            leaking: 2.0, "They drink. So this fits.": 8, "Jam for bread.": 20, "fine": 3,
        ]
        let (scores, refined, summary) = try refine([leaking, "fine"], perplexities) {
            $0.thresholdPercentile = 0.9
        }
        #expect(refined.map(\.reasoning) == ["fine"])
        #expect(summary.leaks == 1 && summary.leaksByKind == ["earlyType": 1])
        let pair = try #require(summary.leakPerplexities)
        #expect(pair.with.isNear(2) && pair.without.isNear(8))
        #expect(scores[1].leaks == ["earlyType"] && scores[2].perplexityWithoutLeaks == nil)
        let all = try refine([leaking, "fine"], perplexities) {
            ($0.thresholdPercentile, $0.excludesLeaks) = (0.9, false)
        }
        #expect(all.refined.map(\.reasoning) == [leaking, "fine"])
    }

    @Test("a paraphrase before the conclusion is a leak, unless the prompt names it as well")
    func paraphrases() throws {
        let chain = "Leaves in hot water. So this fits."
        func vectors(_ soda: [Float]) -> ([String]) -> [[Float]] {
            { texts in
                texts.map { text in
                    if text.contains("soda") { return soda }
                    return text.contains("tea") || text.contains("Leaves") ? [1, 0] : [0, 1]
                }
            }
        }
        let found = try refine(
            [chain, "fine"], [chain: 2, "fine": 3, "Jam for bread.": 20],
            { ($0.thresholdPercentile, $0.paraphraseThreshold) = (0.9, 0.9) }, embed: vectors([0, 1]))
        #expect(found.summary.leaksByKind == ["earlyParaphrase": 1])
        #expect(found.refined.map(\.reasoning) == ["fine"])
        let named = try refine(
            [chain, "fine"], [chain: 2, "fine": 3, "Jam for bread.": 20],
            { ($0.thresholdPercentile, $0.paraphraseThreshold) = (0.9, 0.9) }, embed: vectors([1, 0]))
        #expect(named.summary.leaks == 0 && named.refined.count == 2)
    }

    @Test("a chain of thought that adds nothing to its own words of the answer only restates it")
    func restatements() throws {
        let (scores, refined, summary) = try refine(
            ["It is green tea, surely.", "Tired, so a green leaf."],
            [
                "It is green tea, surely.": 4, "green tea": 3.9, "Tired, so a green leaf.": 4, "green": 30,
                "Jam for bread.": 60, "Jam": 90,
            ]
        ) {
            ($0.thresholdPercentile, $0.excludesRestatements) = (0.9, true)
        }
        #expect(refined.map(\.reasoning) == ["Tired, so a green leaf."] && summary.restatements == 1)
        // Two tokens: 2 · ln(30 / 4).
        #expect(try #require(scores[2].gain).isNear(2 * log(7.5)))
    }
}

extension Double {
    fileprivate func isNear(_ other: Double) -> Bool { abs(self - other) < 1e-9 }
}
