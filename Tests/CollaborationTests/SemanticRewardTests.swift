import Collaboration
import TestSupport
import Testing

@Suite("Eq. (3), semantic reward") struct SemanticRewardTests {
    @Test("the cosine of (3, 4) and (4, 3) is 24/25") func cosineWorkedByHand() {
        #expect(difference(SemanticReward.value(predicted: [3, 4], target: [4, 3]), 0.96) < 1e-15)
        #expect(SemanticReward.value(predicted: [3, 4], target: [-4, 3]) == 0)
    }

    private struct Inputs: Decodable, Sendable {
        let predicted: [[Double]?]
        let target: [[Double]]
    }
    private struct Expected: Decodable, Sendable { let rewards: [Double] }
    private struct Minimum: Decodable { let minimum: Double }

    @Test("rewards match the reference") func rewardsMatchReference() throws {
        #expect(try Golden.read("eq03", as: Minimum.self).minimum == SemanticReward.minimum)
        let cases = try Golden.cases("eq03", Inputs.self, Expected.self)
        #expect(cases.count >= 6)
        for example in cases {
            let found = zip(example.inputs.predicted, example.inputs.target).map {
                SemanticReward.value(predicted: $0?.map(Float.init), target: $1.map(Float.init))
            }
            // Vectors such as 0.6 are rounded to float32 first.
            #expect(difference(found, example.expected.rewards) < Tolerance.float32, "\(example.name)")
        }
    }

    @Test("a missing answer gets the minimum, and a zero vector gets 0")
    func missingAnswerGetsTheMinimum() {
        #expect(SemanticReward.value(predicted: nil, target: [1, 2]) == -1)
        #expect(SemanticReward.value(predicted: [0, 0], target: [1, 2]) == 0)
    }

    @Test(
        "the reward is symmetric, ignores scale, lies within −1…1 and is 1 for equal vectors",
        arguments: 0..<20)
    func rewardIsSymmetricAndBounded(seed: Int) {
        var random = TestRandom(seed: seed)
        let x = random.values(24).map(Float.init)
        let y = random.values(24).map(Float.init)
        let reward = SemanticReward.value(predicted: x, target: y)
        #expect(abs(reward) < 1, "seed \(seed)")
        #expect(reward == SemanticReward.value(predicted: y, target: x), "seed \(seed)")
        let scaled = SemanticReward.value(predicted: x.map { $0 * 8 }, target: y.map { $0 / 4 })
        #expect(difference(scaled, reward) < 1e-12, "seed \(seed)")
        let negated = SemanticReward.value(predicted: x.map { -$0 }, target: y)
        #expect(difference(negated, -reward) < 1e-12, "seed \(seed)")
        #expect(difference(SemanticReward.value(predicted: x, target: x), 1) < 1e-12, "seed \(seed)")
        #expect(SemanticReward.value(predicted: x, target: x) <= 1, "seed \(seed)")
    }
}
