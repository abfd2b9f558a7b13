import Pipeline
import TestSupport
import Testing

@testable import Collaboration

@Suite("Eq. (8), group advantages") struct GroupAdvantageTests {
    private struct Inputs: Decodable, Sendable {
        let rewards: [[Double]]
        let scaling: String
    }
    private struct Expected: Decodable, Sendable {
        let advantages: [[Double]]
        let deadGroups: Int
    }
    private struct File: Decodable { let advantageCases: [GoldenCase<Inputs, Expected>] }

    @Test("rewards 1, 2, 3 and 6 lie −2, −1, 0 and 3 from their mean of 3, divided by √3.5")
    func advantagesWorkedByHand() {
        let found = GroupAdvantages([[1, 2, 3, 6]])
        #expect(difference(found.values[0], [-2, -1, 0, 3].map { $0 / 3.5.squareRoot() }) < 1e-15)
        #expect(found.deadGroups == 0)
    }

    @Test("advantages and counts of groups without signal match the reference")
    func advantagesMatchReference() throws {
        let cases = try Golden.read("eq08", as: File.self).advantageCases.filter {
            $0.inputs.scaling == "group"
        }
        #expect(cases.count >= 7)
        for example in cases {
            let found = GroupAdvantages(example.inputs.rewards)
            let expected = example.expected.advantages.flatMap { $0 }
            #expect(difference(found.values.flatMap { $0 }, expected) < Tolerance.float64, "\(example.name)")
            #expect(found.deadGroups == example.expected.deadGroups, "\(example.name)")
        }
    }

    @Test("groups of equal rewards get advantages of exactly zero and are counted")
    func equalRewardsGetZeroAdvantages() {
        let found = GroupAdvantages([[0.1, 0.1, 0.1], [0, 1, 0], [0.7, 0.7, 0.7]])
        #expect(found.values[0] == [0, 0, 0])
        #expect(found.values[2] == [0, 0, 0])
        #expect(found.values[1][1] > 0)
        #expect(found.deadGroups == 2)
    }

    @Test("a group's advantages have mean 0 and deviation 1 and ignore shift and scale", arguments: 0..<20)
    func advantagesAreStandardized(seed: Int) {
        var random = TestRandom(seed: seed)
        let rewards = (0..<3).map { _ in random.values(Int.random(in: 2...9, using: &random)) }
        let found = GroupAdvantages(rewards).values
        for group in found {
            #expect(abs(group.reduce(0, +)) < 1e-9, "seed \(seed)")
            let square = group.reduce(0) { $0 + $1 * $1 } / Double(group.count)
            #expect(difference(square, 1) < 1e-9, "seed \(seed)")
        }
        let moved = GroupAdvantages(rewards.map { $0.map { 5 * $0 - 3 } }).values
        #expect(difference(moved.flatMap { $0 }, found.flatMap { $0 }) < 1e-9, "seed \(seed)")
    }

    @Test("advantages are divided by the group's deviation, by the batch's, or not at all")
    func scaleIsGroupBatchOrNone() {
        // Groups (0, 2) and (4, 10): deviations 1 and 3; all four numbers have mean 4 and deviation √14.
        let rewards = [[0.0, 2], [4, 10]]
        #expect(GroupAdvantages(rewards, scale: .group).values == [[-1, 1], [-1, 1]])
        #expect(GroupAdvantages(rewards, scale: .none).values == [[-1, 1], [-3, 3]])
        let batch = GroupAdvantages(rewards, scale: .batch).values
        let root = 14.0.squareRoot()
        #expect(difference(batch.flatMap { $0 }, [-1 / root, 1 / root, -3 / root, 3 / root]) < 1e-12)
        #expect(GroupAdvantages([[3, 3], [3, 3]], scale: .batch).values == [[0, 0], [0, 0]])
    }

    @Test("mixing advantages balances rewards of different scales; mixing rewards does not")
    func mixingAdvantagesWeighsRewardsAlike() {
        // The second reward is a hundred times the first and prefers the other rollout.
        let rewards = [[[0.0, 1]], [[100, 0]]]
        var configuration = CollaborateConfiguration()
        let found = { (mixing: RewardMixing) in
            configuration.mixing = mixing
            return AdvantageMixture(configuration).mixture(rewards, weights: [0.75, 0.25])
        }
        #expect(found(.rewards).values == [[1, -1]])
        #expect(found(.advantages).values == [[-0.5, 0.5]])
        configuration.mixing = .advantages
        let even = AdvantageMixture(configuration).mixture(rewards, weights: [0.5, 0.5])
        #expect(even.values == [[0, 0]] && even.deadGroups == 1)
    }
}
