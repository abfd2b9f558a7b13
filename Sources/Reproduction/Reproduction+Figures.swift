import Evaluation
import Pipeline
import Results

extension Reproduction {
    /// Bars of the means: shares in one figure, CTCVR, which is a hundred times smaller, in another.
    func meanFigures(_ rows: [PooledAnswers]) throws -> [IntervalFigure] {
        try scales(of: rows).map { title, metrics in
            IntervalFigure(
                title: "Means: \(title)", valueTitle: title, isDifference: false,
                columns: metrics.map(\.name),
                rows: try rows.map { row in
                    IntervalFigure.Row(
                        name: row.name,
                        values: try metrics.map { Estimate(try bootstrap.mean(of: row.values($0))) })
                })
        }
    }

    /// Forest plots of paired differences.
    func differenceFigures(
        _ pairs: [(PooledAnswers, PooledAnswers)], _ title: String
    ) throws -> [IntervalFigure] {
        try scales(of: pairs.map(\.0)).map { scale, metrics in
            IntervalFigure(
                title: "\(title): \(scale)", valueTitle: "difference, \(scale)", isDifference: true,
                columns: metrics.map(\.name),
                rows: try pairs.map { row, reference in
                    IntervalFigure.Row(
                        name: "\(row.name) − \(reference.name)",
                        values: try metrics.map {
                            Estimate(
                                try bootstrap.meanDifference(of: row.values($0), minus: reference.values($0)))
                        })
                })
        }
    }

    private func scales(of rows: [PooledAnswers]) -> [(title: String, metrics: [AnswerMetric])] {
        [("share of test users", metrics(of: rows).filter { $0 != .ctcvr }), ("CTCVR", [.ctcvr])]
    }
}
