import Collaboration
import TestSupport
import Testing

@Suite("Eq. (7), coefficient of variation") struct VariationWeightsTests {
    @Test("deviations 1 and 1 around means 1 and 3 give weights 3/4 and 1/4")
    func weightsWorkedByHand() {
        let weights = variationWeights([[[0, 2], [2, 0]], [[2, 4], [4, 2]]], stabilizer: 0)
        #expect(difference(weights, [0.75, 0.25]) < 1e-15)
    }

    private struct Inputs: Decodable, Sendable {
        let rewards: [[[Double]]]
        let stabilizer: Double
        let isScaled: Bool
    }
    private struct Expected: Decodable, Sendable { let weights: [Double] }

    @Test("weights match the reference") func weightsMatchReference() throws {
        let cases = try Golden.cases("eq07", Inputs.self, Expected.self)
        #expect(cases.count >= 11)
        for example in cases {
            let found = variationWeights(
                example.inputs.rewards, stabilizer: example.inputs.stabilizer,
                scalesRewards: example.inputs.isScaled)
            #expect(difference(found, example.expected.weights) < Tolerance.float64, "\(example.name)")
        }
    }

    @Test("saturated rewards give uniform weights, however their mean is rounded")
    func saturatedRewardsGiveUniformWeights() {
        let saturated = [[0.1, 0.1, 0.1], [0.7, 0.7, 0.7]]
        #expect(variationWeights([saturated, saturated], stabilizer: 1e-6) == [0.5, 0.5])
        #expect(variationWeights([saturated, saturated], stabilizer: 0, scalesRewards: true) == [0.5, 0.5])
        #expect(variationWeights([saturated, [[0, 1], [0, 1]]], stabilizer: 1e-6) == [0, 1])
    }

    @Test(
        "weights sum to 1 and ignore the order of groups and rollouts and the scale of a reward",
        arguments: 0..<20)
    func weightsIgnoreOrderAndScale(
        seed: Int
    ) {
        var random = TestRandom(seed: seed)
        let rewards = (0..<3).map { _ in (0..<4).map { _ in random.values(5, in: 0...1) } }
        let weights = variationWeights(rewards, stabilizer: 0)
        #expect(difference(weights.reduce(0, +), 1) < 1e-12, "seed \(seed)")
        #expect(weights.allSatisfy { $0 > 0 }, "seed \(seed)")
        let shuffled = rewards.map { $0.map { $0.shuffled(using: &random) }.shuffled(using: &random) }
        #expect(difference(variationWeights(shuffled, stabilizer: 0), weights) < 1e-12, "seed \(seed)")
        var scaled = rewards
        scaled[1] = scaled[1].map { $0.map { $0 * 16 } }
        #expect(difference(variationWeights(scaled, stabilizer: 0), weights) < 1e-12, "seed \(seed)")
    }

    @Test("more spread in one reward raises its weight and lowers the others'", arguments: 0..<5)
    func spreadRaisesAWeight(seed: Int) {
        var random = TestRandom(seed: seed)
        let rewards = (0..<2).map { _ in [random.values(6, in: 1...2)] }
        // Spread around the group's mean, so that only σ changes.
        let derivative = centralDifferences(at: [1]) { factor in
            let mean = rewards[0][0].reduce(0, +) / 6
            let spread = rewards[0][0].map { mean + factor[0] * ($0 - mean) }
            return variationWeights([[spread], rewards[1]], stabilizer: 1e-3)[0]
        }
        let weights = variationWeights(rewards, stabilizer: 1e-3)
        // d w₁ / d log σ₁ = w₁ (1 − w₁).
        #expect(
            difference(derivative, [weights[0] * weights[1]]) < Tolerance.centralDifference, "seed \(seed)")
    }
}
