import Foundation
import TestSupport
import Testing

@testable import Evaluation

/// Tolerance for sums of up to 10⁴ float64 terms in a different order.
private let tolerance = 1e-10

/// N impressions of a few users, scores on a coarse grid so that ties are common.
struct RandomImpressions {
    var scores: [Double] = []
    var labels: [Bool] = []
    var users: [Int32] = []
    var weights: [Double] = []

    init(seed: Int, count: Int = 120, userCount: Int = 9) {
        var random = TestRandom(seed: seed)
        for _ in 0..<count {
            scores.append(Double(random.below(12)) / 12)
            labels.append(random.unit() < 0.2)
            users.append(Int32(100 - 7 * random.below(userCount)))
            weights.append(Double(random.below(4)) * 0.5)
        }
    }

    /// Every pair of a positive and a negative, O(n²).
    func pairwiseAUC(where isIn: (Int) -> Bool = { _ in true }) -> Double? {
        var (wins, pairs) = (0.0, 0.0)
        for p in labels.indices where labels[p] && isIn(p) {
            for n in labels.indices where !labels[n] && isIn(n) {
                let weight = weights[p] * weights[n]
                pairs += weight
                wins += weight * (scores[p] > scores[n] ? 1 : scores[p] == scores[n] ? 0.5 : 0)
            }
        }
        return pairs > 0 ? wins / pairs : nil
    }

    func prepared() throws -> ImpressionScores {
        try ImpressionScores(scores: scores, labels: labels, users: users, weights: weights)
    }
}

@Suite struct RankingMetricTests {
    @Test("AUC worked by hand") func aucWorkedByHand() throws {
        // Positives 0.8, 0.4; negatives 0.4, 0.1: pairs 1, 1, 0.5, 1.
        let area = try areaUnderCurve(scores: [0.4, 0.8, 0.4, 0.1], labels: [true, true, false, false])
        #expect(area == 3.5 / 4)
        #expect(try areaUnderCurve(scores: [1, 2], labels: [true, true]) == nil)
        #expect(try areaUnderCurve(scores: [], labels: []) == nil)
        #expect(try areaUnderCurve(scores: [3, 3, 3], labels: [true, false, true]) == 0.5)
    }

    @Test("AUC is the share of correctly ordered pairs", arguments: 1...30) func aucIsTheShareOfOrderedPairs(
        seed: Int
    )
        throws
    {
        let data = RandomImpressions(seed: seed)
        let area = try #require(
            try areaUnderCurve(scores: data.scores, labels: data.labels, weights: data.weights),
            "seed \(seed)")
        let expected = try #require(data.pairwiseAUC())
        #expect(abs(area - expected) < tolerance, "seed \(seed)")
        let reversed = try areaUnderCurve(
            scores: data.scores.map { -$0 }, labels: data.labels, weights: data.weights)
        #expect(abs(area + (reversed ?? 0) - 1) < tolerance, "seed \(seed)")
    }

    @Test("GAUC worked by hand") func gaucWorkedByHand() throws {
        // User 1: AUC 1 over 2 impressions. User 2: AUC 0.5 over 3. User 3: one class, 1 impression.
        let grouped = try GroupedAUC(
            scores: [0.9, 0.1, 0.5, 0.5, 0.5, 0.7], labels: [true, false, true, false, false, true],
            users: [1, 1, 2, 2, 2, 3])
        #expect(grouped.value == 0.7)  // (2 · 1 + 3 · 0.5) / 5
        #expect(grouped.userCount == 2)
        #expect(grouped.leftOutUserCount == 1)
        #expect(abs(grouped.leftOutWeightShare - 1.0 / 6) < tolerance)
        #expect(try GroupedAUC(scores: [1], labels: [true], users: [1]).value == nil)
    }

    @Test("GAUC is the weighted mean of the users' AUC", arguments: 1...20)
    func gaucIsWeightedMeanOfUserAUC(seed: Int) throws {
        let data = RandomImpressions(seed: seed)
        var (sum, total, leftOut) = (0.0, 0.0, 0)
        for user in Set(data.users) {
            guard let area = data.pairwiseAUC(where: { data.users[$0] == user }) else {
                leftOut += 1
                continue
            }
            let weight = data.users.indices.filter { data.users[$0] == user }.map { data.weights[$0] }.reduce(
                0, +)
            sum += weight * area
            total += weight
        }
        let grouped = try data.prepared().groupedAUC
        #expect(abs((grouped.value ?? -1) - sum / total) < tolerance, "seed \(seed)")
        #expect(grouped.leftOutUserCount == leftOut, "seed \(seed)")
    }

    @Test("log-loss worked by hand") func logLossWorkedByHand() throws {
        let loss = try #require(
            try logLoss(probabilities: [0.5, 0.25], labels: [true, false], weights: [1, 3]))
        #expect(abs(loss - (log(2) + 3 * log(4.0 / 3)) / 4) < tolerance)
        #expect(try logLoss(probabilities: [0.5], labels: [true], weights: [0]) == nil)
    }

    @Test("the log-loss of a confident mistake is finite, of a rare event exact")
    func logLossIsFinite() throws {
        let mistake = try #require(try logLoss(probabilities: [0], labels: [true]))
        #expect(abs(mistake - 12 * log(10)) < tolerance)
        let rare = try #require(try logLoss(probabilities: [1e-6], labels: [false]))
        #expect(abs(rare / 1.000_000_500_000_333e-6 - 1) < tolerance)
    }

    @Test("inputs that no metric can measure are refused") func inputsWithoutMeaningAreRefused() {
        #expect(throws: EvaluationError.self) {
            try areaUnderCurve(scores: [.nan, 1], labels: [true, false])
        }
        #expect(throws: EvaluationError.self) { try areaUnderCurve(scores: [1], labels: []) }
        #expect(throws: EvaluationError.self) {
            try areaUnderCurve(scores: [1], labels: [true], weights: [-1])
        }
        #expect(throws: EvaluationError.self) { try logLoss(probabilities: [1.5], labels: [true]) }
        #expect(throws: EvaluationError.self) { try logLoss(probabilities: [.nan], labels: [true]) }
        #expect(throws: EvaluationError.self) { try ImpressionScores(scores: [1], labels: [true], users: []) }
    }

    @Test("a multiplicity gives the same values as copies of the impressions", arguments: 1...20)
    func multiplicityMatchesCopies(seed: Int) throws {
        let data = RandomImpressions(seed: seed)
        let prepared = try data.prepared()
        var random = TestRandom(seed: 1_000 + seed)
        let multiplicity = prepared.users.map { _ in random.below(4) }
        var copies = data
        (copies.scores, copies.labels, copies.users, copies.weights) = ([], [], [], [])
        for (user, times) in zip(prepared.users, multiplicity) {
            for copy in 0..<times {
                for index in data.users.indices where data.users[index] == user {
                    copies.scores.append(data.scores[index])
                    copies.labels.append(data.labels[index])
                    copies.weights.append(data.weights[index])
                    copies.users.append(1_000 * user + Int32(copy))
                }
            }
        }
        let expected = try copies.prepared()
        for metric in RankingMetric.allCases {
            let value = try #require(prepared.value(of: metric, multiplicity: multiplicity))
            let other = try #require(expected.value(of: metric))
            #expect(abs(value - other) < tolerance, "seed \(seed), \(metric)")
        }
    }

    @Test("log-loss and calibration are undefined for scores that are not probabilities")
    func logLossNeedsProbabilities() throws {
        let logits = try ImpressionScores(scores: [-2, 3], labels: [false, true], users: [1, 1])
        #expect(logits.value(of: .logLoss) == nil)
        #expect(logits.value(of: .calibration) == nil && logits.value(of: .calibrationError) == nil)
        #expect(logits.value(of: .auc) == 1)
    }

    @Test("calibration worked by hand: predicted against observed rates, bin by bin")
    func calibrationWorkedByHand()
        throws
    {
        // Bins (¼, ½]: predicted 0.3 + 0.5 = 0.8, observed 1; (⅛, ¼]: predicted 0.2 + 0.2, observed 0.
        let scores = try ImpressionScores(
            scores: [0.3, 0.5, 0.2, 0.2], labels: [false, true, false, false], users: [1, 1, 2, 2])
        #expect(abs(try #require(scores.value(of: .calibration)) - 1.2) < tolerance)
        #expect(abs(try #require(scores.value(of: .calibrationError)) - 0.6 / 4) < tolerance)
        // The second user twice: predicted 1.6 in all, errors 0.2 + 0.8 over 6.
        #expect(abs(try #require(scores.value(of: .calibration, multiplicity: [1, 2])) - 1.6) < tolerance)
        #expect(
            abs(try #require(scores.value(of: .calibrationError, multiplicity: [1, 2])) - 1.0 / 6) < tolerance
        )
        #expect(scores.value(of: .calibration, multiplicity: [0, 1]) == nil, "nothing positive")
        let perfect = try ImpressionScores(
            scores: [0.5, 0.5, 1, 0], labels: [true, false, true, false], users: [1, 1, 1, 1])
        #expect(perfect.value(of: .calibration) == 1 && perfect.value(of: .calibrationError) == 0)
    }
}
