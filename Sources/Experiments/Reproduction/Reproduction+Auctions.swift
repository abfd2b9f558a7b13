import Evaluation
import Pipeline

extension Reproduction {
    /// Table 2, simulated: lifts over the baseline, users of all seeds pooled and drawn whole.
    func auctionSection() throws -> ResultSection {
        let ranked = try seeds.map { try $0.ranked(.popo) }
        let (records, rankers) = (ranked.map(\.auctions), ranked.map(\.comparison))
        let arms = rankers[0].arms.map(\.name)
        var table = TextTable(
            title: "Lift over the baseline",
            columns: [
                "", "all: advertiser value", "all: revenue", "long tail: advertiser value",
                "long tail: revenue",
                "seed by seed: advertiser value",
            ])
        var section = ResultSection(title: "Table 2: the A/B simulation, \(seeds.count) seeds")
        var figure = IntervalFigure(
            title: "Lift over the baseline", valueTitle: "relative lift", isDifference: true,
            columns: Array(table.columns[1...4]), rows: [])
        for arm in arms.dropFirst() {
            var cells = [arm]
            var drawn: [Estimate?] = []
            for longTail in [false, true] {
                for value in [\AuctionUser.advertiserValue, \AuctionUser.revenue] {
                    let lift = try lift(
                        records.joined().filter { $0.isLongTail || !longTail }, arm, arms[0], value)
                    drawn.append(lift.map(Estimate.init))
                    cells.append(lift.map(described) ?? "–")
                    if arm == "+ both", let lift {
                        let outcome =
                            lift.lower > 0 ? "larger" : lift.upper < 0 ? "smaller" : "not to be told apart"
                        section.notes.append(
                            "\(arm), \(longTail ? "long tail" : "all users"), "
                                + "\(value == \AuctionUser.revenue ? "revenue" : "advertiser value"): \(outcome) "
                                + "(the paper: larger).")
                    }
                }
            }
            figure.rows.append(.init(name: arm, values: drawn))
            cells.append(
                try records.map { own in
                    try lift(own, arm, arms[0], \.advertiserValue).map { percent($0.estimate) } ?? "–"
                }.joined(separator: " / "))
            try table.append(cells)
        }
        var paper = TextTable(
            title: "The paper's own lifts",
            columns: [
                "", "all: advertiser value", "all: revenue", "long tail: advertiser value",
                "long tail: revenue",
            ])
        for row in PaperFigures.auctions { try paper.append([row.name] + row.lifts.map(percent)) }
        section.tables = [
            table, try placeboTable(records, arms), try loggedTable(rankers), paper,
            try rankerTable(rankers),
        ]
        section.intervals = [figure]
        return section
    }

    /// What the features are worth beyond the placebos: the same users, paired.
    private func placeboTable(_ records: [[AuctionUser]], _ arms: [String]) throws -> TextTable {
        let groups = [(name: "all", longTail: false), (name: "long tail", longTail: true)]
        let values = [("advertiser value", \AuctionUser.advertiserValue), ("revenue", \.revenue)]
        var table = TextTable(
            title: "Lift of + both over the placebos",
            columns: [""] + groups.flatMap { group in values.map { "\(group.name): \($0.0)" } })
        for placebo in arms where placebo.hasSuffix("(placebo)") {
            try table.append(
                [placebo]
                    + groups.flatMap { group in
                        try values.map { _, value in
                            let own = records.joined().filter { $0.isLongTail || !group.longTail }
                            return try lift(own, "+ both", placebo, value).map(described) ?? "–"
                        }
                    })
        }
        return table
    }

    private func described(_ lift: BootstrapInterval) -> String {
        "\(percent(lift.estimate)) [\(percent(lift.lower)), \(percent(lift.upper))]"
    }

    private func lift(
        _ records: [AuctionUser], _ arm: String, _ baseline: String,
        _ value: KeyPath<AuctionUser, Double>
    ) throws -> BootstrapInterval? {
        // A user's index counts within a seed: the same order of records pairs the arms.
        let mine = records.filter { $0.arm == arm }.map { $0[keyPath: value] }
        let theirs = records.filter { $0.arm == baseline }.map { $0[keyPath: value] }
        guard !mine.isEmpty, mine.count == theirs.count else { return nil }
        return try bootstrap.lift(of: mine, over: theirs)
    }

    /// The second estimate: self-normalized inverse propensities from a random policy's logs, seed by seed.
    private func loggedTable(_ rankers: [RankerComparison]) throws -> TextTable {
        var table = TextTable(
            title:
                "Advertiser value by a random policy's logs: lift a shown ad, and effective sample size, seed by seed",
            columns: [""] + seeds.map { "seed \($0.seed)" })
        for place in rankers[0].arms.indices {
            try table.append(
                [rankers[0].arms[place].name]
                    + rankers.map { comparison in
                        guard let logged = comparison.arms[place].auctions.first?.logged else { return "–" }
                        let size = "of \(fixed(logged.effectiveSampleSize, 0))"
                        return logged.lift.map {
                            "\(percent($0.value)) [\(percent($0.lower)), \(percent($0.upper))] \(size)"
                        } ?? size
                    })
        }
        return table
    }

    /// AUC of every ranker, seed by seed: what the A/B simulation rests on.
    private func rankerTable(_ rankers: [RankerComparison]) throws -> TextTable {
        let columns = ["CTR auc", "CTCVR auc", "CTCVR gauc"]
        var table = TextTable(title: "The rankers, seed by seed", columns: [""] + columns)
        for place in rankers[0].arms.indices {
            try table.append(
                [rankers[0].arms[place].name]
                    + columns.map { column in
                        rankers.map { comparison in
                            let metric = comparison.arms[place].metrics.first {
                                "\($0.task) \($0.metric)" == column
                            }
                            return metric.map { fixed($0.estimate.value, 4) } ?? "–"
                        }.joined(separator: " / ")
                    })
        }
        return table
    }

    /// What reasoning adds to the raw history's embedding with one thing changed at a time, on the first seed.
    func changedRankers(_ arms: [ReproductionArm]) throws -> TextTable {
        let (reasoning, history) = ("+ both", "+ both, raw history's embedding (placebo)")
        var table = TextTable(
            title:
                "Does reasoning beat the raw history's embedding in a ranker? In brackets, difference to the baseline",
            columns: [
                "", "CTCVR auc, baseline", reasoning, history, "advertiser value, reasoning over raw history",
            ])
        for arm in arms {
            let ranked = try seeds[0].ranked(arm)
            func auc(_ name: String) -> String {
                let metrics = ranked.comparison.arms.first { $0.name == name }?.metrics ?? []
                guard let found = metrics.first(where: { $0.task == "CTCVR" && $0.metric == "auc" }) else {
                    return "–"
                }
                let difference = found.difference.map { [$0.lower, $0.upper].map { fixed($0, 4) } } ?? []
                return fixed(found.estimate.value, 4)
                    + (difference.isEmpty ? "" : " [\(difference.joined(separator: ", "))]")
            }
            let lift = try lift(ranked.auctions, reasoning, history, \.advertiserValue)
            try table.append([
                arm.name, auc("baseline"), auc(reasoning), auc(history),
                lift.map(described) ?? "–",
            ])
        }
        return table
    }

    private func percent(_ value: Double) -> String { (value < 0 ? "" : "+") + fixed(100 * value, 2) + " %" }
}
