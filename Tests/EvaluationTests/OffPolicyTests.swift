import Evaluation
import TestSupport
import Testing

@Suite("Off-policy estimates") struct OffPolicyTests {
    /// Four actions that a logger takes with known probabilities, and what each earns on average.
    private let logger = [0.1, 0.2, 0.3, 0.4]
    private let target = [0.7, 0.1, 0.1, 0.1]
    private let rewards = [5.0, 1, 0, -2]

    @Test("the inverse-propensity estimate is unbiased, the self-normalized one nearly")
    func inversePropensitiesAreUnbiased() throws {
        var random = TestRandom(seed: 11)
        let truth = zip(target, rewards).reduce(0) { $0 + $1.0 * $1.1 }
        var (plain, normalized, naive) = ([Double](), [Double](), [Double]())
        for _ in 0..<400 {
            var (weights, earned) = ([Double](), [Double]())
            for _ in 0..<200 {
                let draw = random.unit()
                let action = draw < 0.1 ? 0 : draw < 0.3 ? 1 : draw < 0.6 ? 2 : 3
                weights.append(target[action] / logger[action])
                earned.append(rewards[action] + (2 * random.unit() - 1))
            }
            let estimate = try SelfNormalizedEstimate(weights: weights, rewards: earned)
            plain.append(estimate.inversePropensity)
            normalized.append(estimate.selfNormalized)
            naive.append(earned.reduce(0, +) / 200)
            #expect(estimate.effectiveSampleSize > 20 && estimate.effectiveSampleSize < 100)
        }
        let bootstrap = Bootstrap(resampleCount: 500, confidence: 0.999, seed: 3)
        let interval = try bootstrap.mean(of: plain)
        #expect(interval.lower < truth && truth < interval.upper, "\(interval) of \(truth)")
        let mean = normalized.reduce(0, +) / 400
        #expect(abs(mean - truth) < 0.1, "biased by O(1/n)")
        #expect(try bootstrap.mean(of: naive).upper < truth - 1, "without weights it is the logger's value")
        func variance(_ values: [Double]) -> Double {
            let mean = values.reduce(0, +) / Double(values.count)
            return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        }
        #expect(variance(normalized) < variance(plain))
    }

    @Test("equal weights are each worth one sample, and a constant reward is its own estimate")
    func equalWeightsCountFully() throws {
        let estimate = try SelfNormalizedEstimate(weights: [2, 2, 2, 0], rewards: [3, 3, 3, 9])
        #expect(estimate.effectiveSampleSize == 3 && estimate.selfNormalized == 3)
        #expect(estimate.inversePropensity == 18.0 / 4)
        #expect(throws: EvaluationError.self) {
            try SelfNormalizedEstimate(weights: [0, 0], rewards: [1, 1])
        }
        #expect(throws: EvaluationError.self) { try SelfNormalizedEstimate(weights: [1], rewards: [1, 1]) }
        #expect(throws: EvaluationError.self) {
            try SelfNormalizedEstimate(weights: [-1, 2], rewards: [1, 1])
        }
    }
}
