import Evaluation
import Pipeline

extension RunSummary {
    /// Table 1.
    func answerTable() throws -> TextTable {
        var table = TextTable(
            title: "Answers of \(answers.samples) users that nothing was trained on (Table 1)",
            columns: ["", "L1", "L2", "L3"]
                + (answers.rows.first?.titleHitRate ?? []).map { "Hit@\($0.depth)" }
                + ["CTCVR"])
        for row in answers.rows {
            try table.append(
                [row.name] + row.categoryAccuracy.map { $0.formatted(digits: 3) }
                    + row.titleHitRate.map { $0.rate.formatted(digits: 3) } + [row.ctcvr.formatted(digits: 5)]
            )
        }
        return table
    }

    /// Table 3.
    func formatTable() throws -> TextTable {
        var table = TextTable(
            title: "Form of the answers (Table 3)",
            columns: ["", "think tag", "think not empty", "answer not empty"])
        for row in answers.rows {
            guard let format = row.format else { continue }
            try table.append(
                [row.name]
                    + [format.thinkTagPresence, format.thinkNonEmpty, format.answerNonEmpty].map {
                        fixed($0, 3)
                    })
        }
        return table
    }

    /// Paired differences between the rows of Table 1.
    func differenceTable() throws -> TextTable {
        let depth = answers.rows.first?.titleHitRate.map(\.depth).max() ?? 0
        var table = TextTable(title: "Differences on the same users", columns: ["", "Hit@\(depth)", "CTCVR"])
        for difference in answers.differences {
            try table.append([
                "\(difference.row) − \(difference.reference)", difference.titleHitRate.formatted(digits: 3),
                difference.ctcvr.formatted(digits: 5),
            ])
        }
        return table
    }

    /// The rankers of stage 4.
    func rankerTable() throws -> TextTable {
        let metrics = rankers.arms.first?.metrics ?? []
        var table = TextTable(
            title: "Rankers on \(rankers.testImpressions) impressions of the test window,"
                + " \(rankers.testConversions) conversions; in brackets, difference to the baseline",
            columns: [""] + metrics.map { "\($0.task) \($0.metric)" })
        for arm in rankers.arms {
            try table.append(
                [arm.name]
                    + arm.metrics.map { metric in
                        guard let difference = metric.difference else {
                            return fixed(metric.estimate.value, 4)
                        }
                        return
                            "\(fixed(metric.estimate.value, 4)) [\(signed(difference.lower)), \(signed(difference.upper))]"
                    })
        }
        return table
    }

    private func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + fixed(value, 4) }
}
