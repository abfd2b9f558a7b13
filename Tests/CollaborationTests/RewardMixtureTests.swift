import Collaboration
import TestSupport
import Testing

@Suite("Eq. (9), reward mixture") struct RewardMixtureTests {
    @Test("weights 3/4 and 1/4 mix rewards 1 and 5 to 2") func mixtureWorkedByHand() {
        #expect(mixed([[[1, 0]], [[5, 4]]], weights: [0.75, 0.25]) == [[2, 1]])
        #expect(mixed([], weights: []).isEmpty)
    }

    private struct Inputs: Decodable, Sendable {
        let rewards: [[[Double]]]
        let weights: [Double]
    }
    private struct Expected: Decodable, Sendable {
        let mixedRewards: [[Double]]
        let advantagesOfMixedRewards: [[Double]]
    }

    @Test("mixtures and their advantages match the reference")
    func mixturesMatchReference() throws {
        let cases = try Golden.cases("eq09", Inputs.self, Expected.self)
        #expect(cases.count >= 7)
        for example in cases {
            let found = mixed(example.inputs.rewards, weights: example.inputs.weights)
            let expected = example.expected
            #expect(
                difference(found.flatMap { $0 }, expected.mixedRewards.flatMap { $0 }) < Tolerance.float64,
                "\(example.name)")
            let advantages = GroupAdvantages(found).values.flatMap { $0 }
            #expect(
                difference(advantages, expected.advantagesOfMixedRewards.flatMap { $0 }) < Tolerance.float64,
                "\(example.name)")
        }
    }

    @Test(
        "a mixture lies between its rewards, and its derivative by a weight is that weight's reward",
        arguments: 0..<20)
    func mixtureLiesBetweenItsRewards(seed: Int) {
        var random = TestRandom(seed: seed)
        let rewards = (0..<2).map { _ in (0..<3).map { _ in random.values(4) } }
        let share = random.values(1, in: 0...1)[0]
        let found = mixed(rewards, weights: [share, 1 - share])
        for prompt in 0..<3 {
            for rollout in 0..<4 {
                let pair = [rewards[0][prompt][rollout], rewards[1][prompt][rollout]]
                let range = min(pair[0], pair[1]) - 1e-12...max(pair[0], pair[1]) + 1e-12
                #expect(range.contains(found[prompt][rollout]), "seed \(seed)")
                let slope = centralDifferences(at: [share, 1 - share]) {
                    mixed(rewards, weights: $0)[prompt][rollout]
                }
                #expect(difference(slope, pair) < Tolerance.centralDifference, "seed \(seed)")
            }
        }
    }
}
