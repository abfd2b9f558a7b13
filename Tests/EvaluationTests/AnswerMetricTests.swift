import Evaluation
import Testing

@Suite struct AnswerMetricTests {
    @Test("format rates count closed tags with text") func formatRatesCountClosedTagsWithText() throws {
        let answers = [
            "<think>r</think><answer>tea</answer>", "<think></think><answer>tea</answer>", "<think>r",
            "<think>r</think><answer></answer>", "<answer>Item title: tea",
        ].map(AnswerParser.parse)
        let rates = try FormatRates(answers)
        #expect(rates.thinkTagPresence == 0.6)
        #expect(rates.thinkNonEmpty == 0.4)
        #expect(rates.answerNonEmpty == 0.4)
        #expect(rates.unclosedThinkCount == 1)
        #expect(rates.unclosedAnswerCount == 1)
        #expect(rates.outcomes["unstructured"] == 2)
        #expect(rates.outcomes["titleOnly"] == 1)
        #expect(rates.outcomes["noAnswer"] == 2)
        #expect(rates.outcomes["complete"] == 0)
        #expect(throws: EvaluationError.empty(what: "completions")) { try FormatRates([]) }
    }

    @Test("category accuracy worked by hand") func categoryAccuracyWorkedByHand() throws {
        let accuracy = try CategoryAccuracy(
            predictions: [
                ["GROCERY", "milk", "fluid  milk"], ["grocery", "tea", nil], ["drug", "milk", "x"], [],
            ],
            targets: [
                ["grocery", "Milk", "fluid milk"], ["grocery", "milk", ""], ["grocery", "milk", "x"],
                ["a", "b", "c"],
            ])
        let levels = accuracy.levels
        #expect(levels.map(\.count) == [4, 4, 3])
        #expect(levels.map(\.leftOut) == [0, 0, 1])
        #expect(levels.map(\.accuracy) == [0.5, 0.5, 2.0 / 3])
        // L2: two samples have L1 right, one of them L2. L3: samples 0 and 2 have L2 right and a name at L3,
        // both right.
        #expect(levels.map(\.parentCorrectCount) == [4, 2, 2])
        #expect(levels.map(\.accuracyGivenParent) == [0.5, 0.5, 1])
    }

    @Test("a level that no target has is undefined") func aLevelThatNoTargetHasIsUndefined() throws {
        let accuracy = try CategoryAccuracy(predictions: [["a"]], targets: [["a"]])
        #expect(accuracy.levels.map(\.accuracy) == [1, nil, nil])
        #expect(throws: EvaluationError.count(of: "predictions", expected: 1, found: 0)) {
            try CategoryAccuracy(predictions: [], targets: [["a"]])
        }
    }

    @Test("title rank worked by hand, ties in catalogue order")
    func titleRankWorkedByHandTiesInCatalogueOrder() throws {
        // Rows 1 and 2 are the same title vector; the query is nearest to row 0.
        let catalogue = try TitleCatalogue(embeddings: [1, 0, 0.6, 0.8, 0.6, 0.8, 0, -1], width: 2)
        #expect(try (0..<4).map { try catalogue.rank(of: $0, for: [5, 1]) } == [0, 1, 2, 3])
        #expect(try catalogue.rank(of: 0, for: [0, 0]) == nil)
        let rate = try TitleHitRate(
            predictions: [[5, 1], [5, 1], nil, [0, 0], [0, -3]], targets: [0, 2, 0, 0, 3], in: catalogue,
            cutoffs: [1, 2, 3])
        #expect(rate.ranks == [0, 2, nil, nil, 0])
        #expect(rate.rates == [0.4, 0.4, 0.6])
    }

    @Test("the rank is the place in a full sort", arguments: 1...20) func theRankIsThePlaceInAFullSort(
        seed: Int
    ) throws {
        var random = TestRandom(seed: seed)
        let width = 5 + seed
        var rows = (0..<60).map { _ in (0..<width).map { _ in Double(random.below(5)) - 2.1 } }
        for copy in 0..<20 { rows[40 + copy] = rows[random.below(40)] }
        let unit = rows.map { row in row.map { Float($0 / row.map { $0 * $0 }.reduce(0, +).squareRoot()) } }
        let catalogue = try TitleCatalogue(embeddings: unit.flatMap { $0 }, width: width)
        let query = (0..<width).map { _ in Float(random.unit() - 0.5) }
        let cosines = unit.map { row in zip(row, query).map { Double($0) * Double($1) }.reduce(0, +) }
        let order = cosines.indices.sorted { (cosines[$0], $1) > (cosines[$1], $0) }
        for (place, title) in order.enumerated() {
            #expect(try catalogue.rank(of: title, for: query) == place, "seed \(seed), title \(title)")
        }
    }

    @Test("a catalogue that cannot rank is refused") func aCatalogueThatCannotRankIsRefused() throws {
        #expect(throws: EvaluationError.self) { try TitleCatalogue(embeddings: [1, 1], width: 2) }
        #expect(throws: EvaluationError.self) { try TitleCatalogue(embeddings: [1, 0, 1], width: 2) }
        #expect(throws: EvaluationError.self) { try TitleCatalogue(embeddings: [.nan, 0], width: 2) }
        let catalogue = try TitleCatalogue(embeddings: [1, 0], width: 2)
        #expect(throws: EvaluationError.self) { try catalogue.rank(of: 1, for: [1, 0]) }
        #expect(throws: EvaluationError.self) { try catalogue.rank(of: 0, for: [.infinity, 0]) }
        #expect(throws: EvaluationError.self) { try catalogue.rank(of: 0, for: [1]) }
    }
}
