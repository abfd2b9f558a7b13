import Pipeline
import Results

extension RunSummary {
    /// Table 1.
    func answerTable() throws -> TextTable {
        var table = TextTable(
            title: "Answers of \(answers.samples) held-out users (Table 1)", columns: answerColumns)
        for row in answers.rows {
            try table.append(
                [row.name]
                    + answerCells(
                        row.categoryAccuracy, row.titleHitRate, row.similarity, row.ctcvr))
        }
        return table
    }

    private var answerColumns: [String] {
        ["", "L1", "L2", "L3"] + (answers.rows.first?.titleHitRate ?? []).map { "Hit@\($0.depth)" }
            + ["similarity", "CTCVR"]
    }

    private func answerCells(
        _ categories: [Estimate?], _ hits: [HitRate], _ similarity: Estimate, _ ctcvr: Estimate
    ) -> [String] {
        categories.map { $0?.formatted(digits: 3) ?? "–" } + hits.map { $0.rate.formatted(digits: 3) }
            + [similarity.formatted(digits: 3), ctcvr.formatted(digits: 5)]
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
        var table = TextTable(title: "Differences on the same users", columns: answerColumns)
        for difference in answers.differences {
            try table.append(["\(difference.row) − \(difference.reference)"] + cells(difference))
        }
        return table
    }

    /// The same on the users whom both rows answered; nil where both answered everyone.
    func answeredDifferenceTable() throws -> TextTable? {
        guard let differences = answers.differencesOfAnswered, !differences.isEmpty else { return nil }
        var table = TextTable(
            title:
                "Differences on the users whom both answered: better answers, without answering more often",
            columns: answerColumns)
        for difference in differences {
            let users = difference.users.map { " (\($0) users)" } ?? ""
            try table.append(["\(difference.row) − \(difference.reference)\(users)"] + cells(difference))
        }
        return table
    }

    private func cells(_ difference: AnswerDifference) -> [String] {
        answerCells(
            difference.categoryAccuracy, difference.titleHitRate, difference.similarity, difference.ctcvr)
    }

    /// How much the answers differ from user to user; nil in runs of earlier versions.
    func varietyTable() throws -> TextTable? {
        let rows = answers.rows.compactMap { row in row.titles.map { (name: row.name, titles: $0) } }
        guard !rows.isEmpty else { return nil }
        var table = TextTable(
            title: "Titles that answers name or are nearest to",
            columns: ["", "answered", "different titles", "most frequent", "users who got it"],
            alignments: [.left, .right, .right, .left, .right])
        for (name, titles) in rows {
            try table.append([
                name, "\(titles.answered)", "\(titles.distinct)",
                titles.mostFrequent.isEmpty ? "–" : titles.mostFrequent, "\(titles.mostFrequentCount)",
            ])
        }
        return table
    }

    /// What the impressions are that a table rests on.
    private var origin: String { construction.impressions.caption }

    /// The rankers of stage 4: how they order impressions.
    func rankerTable() throws -> TextTable {
        try rankerTable(
            title: "Rankers on \(rankers.testImpressions) impressions of the test window,"
                + " \(rankers.testConversions) conversions; in brackets, difference to the baseline "
                + "(\"plain baseline + both\": to the plain one); \(origin)",
            columns: ["CTR auc", "CTR gauc", "CVR auc", "CTCVR auc", "CTCVR gauc"])
    }

    /// The rankers of stage 4: how far their probabilities can be trusted.
    func calibrationTable() throws -> TextTable {
        try rankerTable(
            title:
                "Probabilities of the rankers: log-loss, predicted over observed (1 is calibrated), "
                + "calibration error; \(origin)",
            columns: [
                "CTR logLoss", "CTR calibration", "CTR calibrationError", "CTCVR logLoss",
                "CTCVR calibration",
                "CTCVR calibrationError",
            ])
    }

    private func rankerTable(title: String, columns: [String]) throws -> TextTable {
        var table = TextTable(title: title, columns: [""] + columns)
        for arm in rankers.arms {
            let byName = Dictionary(
                arm.metrics.map { ("\($0.task) \($0.metric)", $0) }, uniquingKeysWith: { first, _ in first })
            try table.append([arm.name] + columns.map { byName[$0].map(cell) ?? "–" })
        }
        return table
    }

    /// What choosing among rollouts of the fine-tuned model would earn.
    func ceilingTable(_ ceiling: BestOfN) throws -> TextTable {
        let sources = RewardSource.allCases.filter { source in
            ceiling.rows.contains { $0.rewards[source] != nil }
        }
        var table = TextTable(
            title: "Ceiling of alignment: the best of n rollouts of the fine-tuned model, "
                + "\(ceiling.prompts) held-out prompts; CTCVR by the ranker that pays no reward",
            columns: ["n, chosen by"] + sources.map(\.rawValue) + ["CTCVR"])
        for row in ceiling.rows {
            try table.append(
                ["\(row.count), \(row.chooser.rawValue)"]
                    + sources.map { row.rewards[$0].map { fixed($0, 3) } ?? "–" } + [fixed(row.ctcvr, 5)])
        }
        return table
    }

    /// What + both, and + text, have that each arm beside them lacks.
    func bothTable() throws -> TextTable {
        let columns = ["auc", "gauc"]
        var table = TextTable(
            title: "By how much + both (+ text, of arms of the text) is larger in CTCVR, on the same users; "
                + origin,
            columns: [""] + columns.map { "over this arm: \($0)" })
        for arm in rankers.arms {
            guard let own = arm.bothOver else { continue }
            try table.append(
                [arm.name]
                    + columns.map { name in
                        own.first { $0.metric == name }.flatMap { metric in
                            metric.difference.map {
                                "\(signed($0.value)) \(interval($0))\(agreement(metric))"
                            }
                        } ?? "–"
                    })
        }
        return table
    }

    /// The rankers of stage 4 on the users that they know least about.
    func segmentTable() throws -> TextTable {
        let segments = rankers.arms.first?.segments ?? []
        let columns = ["CTR auc", "CTCVR auc"]
        var table = TextTable(
            title: "Rankers on some users; in brackets, difference to the baseline; \(origin)",
            columns: [""]
                + segments.flatMap { segment in
                    (columns + ["gain in CTCVR auc minus that of all users"]).map {
                        "\(segment.users) \(segment.name): \($0)"
                    }
                })
        for arm in rankers.arms {
            try table.append(
                [arm.name]
                    + arm.segments.flatMap { segment in
                        columns.map { name in
                            segment.metrics.first { "\($0.task) \($0.metric)" == name }.map(cell) ?? "–"
                        } + [segment.gainOverAll.map { "\(signed($0.value)) \(interval($0))" } ?? "–"]
                    })
        }
        return table
    }

    /// Table 2, simulated.
    func auctionTable() throws -> TextTable {
        let groups = rankers.arms.first?.auctions ?? []
        var table = TextTable(
            title:
                "A/B simulation on \(groups.first?.visits ?? 0) held-out visits (Table 2): lift over the "
                + "baseline; \(origin)",
            columns: [""] + groups.flatMap { ["\($0.users): advertiser value", "\($0.users): revenue"] })
        for arm in rankers.arms {
            try table.append(
                [arm.name]
                    + arm.auctions.flatMap { outcome in
                        [
                            (outcome.advertiserLift, outcome.advertiserValue),
                            (outcome.revenueLift, outcome.revenue),
                        ].map { lift, value in
                            lift?.formattedPercent(digits: 1) ?? fixed(value, 2)
                        }
                    })
        }
        return table
    }

    private func cell(_ metric: RankerComparison.Metric) -> String {
        let value = fixed(metric.estimate.value, 4)
        guard let difference = metric.difference else { return value }
        return "\(value) \(interval(difference))\(agreement(metric))"
    }

    private func interval(_ estimate: Estimate) -> String {
        "[\(signed(estimate.lower)), \(signed(estimate.upper))]"
    }

    /// In how many seeds the difference is positive.
    private func agreement(_ metric: RankerComparison.Metric) -> String {
        metric.seeds.map { seeds in " \(seeds.count { $0 > 0 })/\(seeds.count)" } ?? ""
    }

    private func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + fixed(value, 4) }
}
