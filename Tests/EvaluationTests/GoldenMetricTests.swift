import Evaluation
import TestSupport
import Testing

@Suite("Ranking metrics against scikit-learn") struct GoldenMetricTests {
    private struct Inputs: Decodable {
        var scores: [Double]
        var labels: [Bool]
        var users: [Int32]
        var weights: [Double]
    }

    private struct Expected: Decodable {
        var auc: Double?
        var gauc: Double?
        var logLoss: Double?
        var calibration: Double?
    }

    @Test("match with ties, users of one class, only one class, and weights") func metricsMatchScikitLearn()
        throws
    {
        let cases = try Golden.cases("ranking_metrics", Inputs.self, Expected.self)
        #expect(cases.count == 7)
        for example in cases {
            let inputs = example.inputs
            let scores = try ImpressionScores(
                scores: inputs.scores, labels: inputs.labels, users: inputs.users, weights: inputs.weights)
            for (metric, expected) in [
                (RankingMetric.auc, example.expected.auc), (.gauc, example.expected.gauc),
                (.logLoss, example.expected.logLoss), (.calibration, example.expected.calibration),
            ] {
                let found = scores.value(of: metric)
                if let expected {
                    #expect(abs((found ?? .nan) - expected) < 1e-12, "\(example.name): \(metric)")
                } else {
                    #expect(found == nil, "\(example.name): \(metric) is undefined")
                }
            }
        }
    }
}
