import Evaluation
import Testing

@Suite struct TextTableTests {
    private func table() throws -> TextTable {
        var table = TextTable(title: "Table 4", columns: ["Metric", "GRPO", "POPO"])
        try table.append(["Category_L1_ACC", "0.2180", "0.2433"])
        try table.append(["a|b", "1"])
        return table
    }

    @Test("plain text is aligned under a rule") func plainTextIsAlignedUnderARule() throws {
        #expect(
            try table().plainText == """
                Table 4
                Metric             GRPO    POPO
                ---------------  ------  ------
                Category_L1_ACC  0.2180  0.2433
                a|b                   1

                """)
    }

    @Test("Markdown has alignments and escaped bars") func markdownHasAlignmentsAndEscapedBars() throws {
        #expect(
            try table().markdown == """
                **Table 4**

                | Metric          |   GRPO |   POPO |
                | --------------- | -----: | -----: |
                | Category_L1_ACC | 0.2180 | 0.2433 |
                | a\\|b            |      1 |        |

                """)
    }

    @Test("a row with too many cells is refused") func aRowWithTooManyCellsIsRefused() {
        var table = TextTable(columns: ["a"])
        #expect(throws: EvaluationError.count(of: "cells of a table row", expected: 1, found: 2)) {
            try table.append(["1", "2"])
        }
    }

    @Test("relative changes carry their sign") func relativeChangesCarryTheirSign() {
        #expect(relativeChange(0.9947, over: 0.9613) == "+3.47%")
        #expect(relativeChange(0.5, over: 1) == "-50.00%")
        #expect(relativeChange(1, over: 0) == "n/a")
    }
}
