import Pipeline
import Results

extension RunSummary {
    /// Table 1 as bars: shares, and CTCVR, which is a hundred times smaller, in a figure of its own.
    func answerFigures() -> [IntervalFigure] {
        let depths = answers.rows.first?.titleHitRate.map { "Hit@\($0.depth)" } ?? []
        let shares = IntervalFigure(
            title: "Share of test users by model (Table 1)", valueTitle: "share of test users",
            isDifference: false,
            columns: ["L1", "L2", "L3"] + depths,
            rows: answers.rows.map { row in
                .init(
                    name: row.name,
                    values: row.categoryAccuracy + row.titleHitRate.map(\.rate))
            })
        let ctcvr = IntervalFigure(
            title: "CTCVR of the answered items by model (Table 1)", valueTitle: "CTCVR", isDifference: false,
            columns: ["CTCVR"],
            rows: answers.rows.map { .init(name: $0.name, values: [$0.ctcvr]) })
        return [shares, ctcvr]
    }

    /// What each feature group, and each placebo, changes in how the rankers order impressions.
    func rankerFigures() -> [IntervalFigure] {
        let columns = ["CTR auc", "CTR gauc", "CTCVR auc", "CTCVR gauc"]
        return [
            IntervalFigure(
                title: "Ablation: difference to the baseline ranker", valueTitle: "difference of AUC or GAUC",
                isDifference: true, columns: columns,
                rows: rankers.arms.dropFirst().map { arm in
                    .init(
                        name: arm.name,
                        values: columns.map { column in
                            arm.metrics.first { "\($0.task) \($0.metric)" == column }?.difference
                        })
                })
        ]
    }

    /// Table 2 as a forest plot.
    func auctionFigure() -> IntervalFigure {
        let groups = rankers.arms.first?.auctions.map(\.users) ?? []
        return IntervalFigure(
            title: "Lift over the baseline (Table 2)", valueTitle: "relative lift", isDifference: true,
            columns: groups.flatMap { ["\($0): advertiser value", "\($0): revenue"] },
            rows: rankers.arms.dropFirst().map { arm in
                .init(
                    name: arm.name,
                    values: arm.auctions.flatMap {
                        [$0.advertiserLift, $0.revenueLift]
                    })
            })
    }
}
