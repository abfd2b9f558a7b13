import Evaluation
import Pipeline
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

    @Test("the accuracy of a level that no target has is undefined") func levelWithoutTargetsIsUndefined()
        throws
    {
        let accuracy = try CategoryAccuracy(predictions: [["a"]], targets: [["a"]])
        #expect(accuracy.levels.map(\.accuracy) == [1, nil, nil])
        #expect(throws: EvaluationError.count(of: "predictions", expected: 1, found: 0)) {
            try CategoryAccuracy(predictions: [], targets: [["a"]])
        }
    }
}
