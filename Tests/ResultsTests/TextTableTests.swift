import Evaluation
import Pipeline
import Results
import Testing

@Suite struct TextTableTests {
    private func table() throws -> TextTable {
        var table = TextTable(title: "Table 4", columns: ["Metric", "GRPO", "POPO"])
        try table.append(["Category_L1_ACC", "0.2180", "0.2433"])
        try table.append(["a|b", "1"])
        return table
    }

    @Test("plain text is aligned, with a rule below the header") func plainTextIsAligned() throws {
        #expect(
            try table().plainText == """
                Table 4
                Metric             GRPO    POPO
                ---------------  ------  ------
                Category_L1_ACC  0.2180  0.2433
                a|b                   1

                """)
    }

    @Test("Markdown has alignments and escaped bars") func markdownIsEscaped() throws {
        #expect(
            try table().markdown == """
                **Table 4**

                | Metric          |   GRPO |   POPO |
                | --------------- | -----: | -----: |
                | Category_L1_ACC | 0.2180 | 0.2433 |
                | a\\|b            |      1 |        |

                """)
    }

    @Test("a row with too many cells is refused") func overlongRowIsRefused() {
        var table = TextTable(columns: ["a"])
        #expect(throws: EvaluationError.count(of: "cells of a table row", expected: 1, found: 2)) {
            try table.append(["1", "2"])
        }
    }

    @Test("relative changes have a sign and an interval")
    func relativeChangesHaveSignAndInterval() {
        #expect(percent(0.0347, digits: 2) == "+3.47 %" && percent(-0.5, digits: 1) == "-50.0 %")
        let lift = Estimate(value: 0.1, lower: -0.05, upper: 0.2)
        #expect(lift.formattedPercent(digits: 1) == "+10.0 % [-5.0 %, +20.0 %]")
        #expect(lift.formatted(digits: 2) == "0.10 [-0.05, 0.20]")
    }

    @Test("an interval prints with both ends") func intervalPrintsItsEnds() throws {
        let interval = try Bootstrap(resampleCount: 1, seed: 1).mean(of: [0.123456, 0.123456])
        #expect(interval.formatted() == "0.1235 [0.1235, 0.1235]")
        #expect(interval.formatted(digits: 1) == "0.1 [0.1, 0.1]")
    }
}
