import Evaluation
import Pipeline
import Results

extension Reproduction {
    /// A group of users and one sum of theirs: a column of Table 2.
    private struct Lifted {
        let title: String
        let isLongTail: Bool
        let value: any KeyPath<AuctionUser, Double> & Sendable

        static let all = [
            Lifted(title: "all: advertiser value", isLongTail: false, value: \.advertiserValue),
            Lifted(title: "all: revenue", isLongTail: false, value: \.revenue),
            Lifted(title: "long tail: advertiser value", isLongTail: true, value: \.advertiserValue),
            Lifted(title: "long tail: revenue", isLongTail: true, value: \.revenue),
        ]
    }

    /// Table 2, simulated: lifts over the baseline, users of all seeds pooled and drawn whole.
    func auctionSection() throws -> ResultSection {
        let ranked = try seeds.map { try $0.ranked(.popo) }
        let (records, rankers) = (ranked.map(\.auctions), ranked.map(\.comparison))
        let origin = ranked.first.map { "; \($0.impressions.caption)" } ?? ""
        var section = ResultSection(title: "Table 2: the A/B simulation, \(Self.counted(seeds))\(origin)")
        section.tables = [
            try liftTable(records), try placeboTable(records), try loggedTable(rankers), try paperTable(),
            try rankerTable(rankers),
        ]
        section.intervals = [
            IntervalFigure(
                title: "Lift over the baseline", valueTitle: "relative lift", isDifference: true,
                columns: Lifted.all.map(\.title),
                rows: try compared.map { arm in
                    .init(
                        name: arm.title,
                        values: try Lifted.all.map { try lift(records, arm, .baseline, $0) })
                })
        ]
        section.notes = try Lifted.all.compactMap { lifted in
            try lift(records, .both, .baseline, lifted).map { lift in
                let outcome =
                    lift.lower > 0
                    ? "larger" : lift.upper < 0 ? "smaller" : "indistinguishable from noise"
                return "\(RankerArm.both.title), \(lifted.title): \(outcome) (the paper: larger)."
            }
        }
        return section
    }

    /// Every arm but the baseline.
    private var compared: [RankerArm] { RankerArm.allCases.filter { $0 != .baseline } }

    private func liftTable(_ records: [[AuctionUser]]) throws -> TextTable {
        var table = TextTable(
            title: "Lift over the baseline",
            columns: [""] + Lifted.all.map(\.title) + ["seed by seed: advertiser value"])
        for arm in compared {
            let pooled = try Lifted.all.map { lifted in
                try lift(records, arm, .baseline, lifted)?.formattedPercent(digits: 2) ?? "–"
            }
            let single = try records.map { own in
                try lift([own], arm, .baseline, Lifted.all[0]).map { percent($0.value, digits: 2) } ?? "–"
            }
            try table.append([arm.title] + pooled + [single.joined(separator: " / ")])
        }
        return table
    }

    private func paperTable() throws -> TextTable {
        var paper = TextTable(title: "The paper's own lifts", columns: [""] + Lifted.all.map(\.title))
        for row in PaperFigures.auctions {
            try paper.append([row.name] + row.lifts.map { percent($0, digits: 2) })
        }
        return paper
    }

    /// What the features are worth beyond the placebos: the same users, paired.
    private func placeboTable(_ records: [[AuctionUser]]) throws -> TextTable {
        var table = TextTable(
            title: "Lift of + both over the placebos", columns: [""] + Lifted.all.map(\.title))
        for placebo in RankerArm.allCases where placebo.isPlacebo && placebo.counterpart == .both {
            try table.append(
                [placebo.title]
                    + Lifted.all.map { lifted in
                        try lift(records, .both, placebo, lifted)?.formattedPercent(digits: 2) ?? "–"
                    })
        }
        return table
    }

    private func lift(
        _ records: [[AuctionUser]], _ arm: RankerArm, _ reference: RankerArm, _ lifted: Lifted
    ) throws -> Estimate? {
        let own = records.joined().filter { $0.isLongTail || !lifted.isLongTail }
        // A user's index counts within a seed: the same order of records pairs the arms.
        let mine = own.filter { $0.arm == arm }.map { $0[keyPath: lifted.value] }
        let theirs = own.filter { $0.arm == reference }.map { $0[keyPath: lifted.value] }
        guard !mine.isEmpty, mine.count == theirs.count else { return nil }
        return try bootstrap.lift(of: mine, over: theirs).map(Estimate.init)
    }

    /// The second estimate: self-normalized inverse propensities from a random policy's logs, seed by seed.
    private func loggedTable(_ rankers: [RankerComparison]) throws -> TextTable {
        var table = TextTable(
            title:
                "Advertiser value by a random policy's logs: lift per shown ad, and effective sample size, "
                + "seed by seed",
            columns: [""] + seeds.map { "seed \($0.seed)" })
        for arm in RankerArm.allCases {
            try table.append(
                [arm.title]
                    + rankers.map { comparison in
                        guard let logged = comparison[arm]?.auctions.first?.logged else { return "–" }
                        let size = "of \(fixed(logged.effectiveSampleSize, 0))"
                        return logged.lift.map { "\($0.formattedPercent(digits: 2)) \(size)" } ?? size
                    })
        }
        return table
    }

    /// AUC of every ranker, seed by seed: what the A/B simulation rests on.
    private func rankerTable(_ rankers: [RankerComparison]) throws -> TextTable {
        let columns = [("CTR", "auc"), ("CTCVR", "auc"), ("CTCVR", "gauc")]
        var table = TextTable(
            title: "The rankers, seed by seed", columns: [""] + columns.map { "\($0.0) \($0.1)" })
        for arm in RankerArm.allCases {
            try table.append(
                [arm.title]
                    + columns.map { task, metric in
                        rankers.map { comparison in
                            comparison[arm]?.metric(task, metric).map { fixed($0.estimate.value, 4) } ?? "–"
                        }.joined(separator: " / ")
                    })
        }
        return table
    }

    /// What reasoning adds to the raw history's embedding with one thing changed at a time, on the first
    /// seed.
    func changedRankers(_ arms: [ReproductionArm]) throws -> TextTable {
        var table = TextTable(
            title: "Does reasoning beat the raw history's embedding in a ranker? In brackets, difference to "
                + "the baseline",
            columns: [
                "", "CTCVR auc, baseline", RankerArm.both.title, RankerArm.history.title,
                "advertiser value, reasoning over raw history",
            ])
        for arm in arms {
            let ranked = try seeds[0].ranked(arm)
            func auc(_ ranker: RankerArm) -> String {
                guard let found = ranked.comparison[ranker]?.metric("CTCVR", "auc") else { return "–" }
                let difference = found.difference.map { [$0.lower, $0.upper].map { fixed($0, 4) } } ?? []
                return fixed(found.estimate.value, 4)
                    + (difference.isEmpty ? "" : " [\(difference.joined(separator: ", "))]")
            }
            let lift = try lift([ranked.auctions], .both, .history, Lifted.all[0])
            try table.append([
                arm.name, auc(.baseline), auc(.both), auc(.history),
                lift?.formattedPercent(digits: 2) ?? "–",
            ])
        }
        return table
    }
}

extension RankerComparison {
    /// The ranker of an arm.
    fileprivate subscript(arm: RankerArm) -> Arm? { arms.first { $0.arm == arm } }
}

extension RankerComparison.Arm {
    /// The metric of a task.
    fileprivate func metric(_ task: String, _ metric: String) -> RankerComparison.Metric? {
        metrics.first { $0.task == task && $0.metric == metric }
    }
}
