import Collaboration
import TestSupport
import Testing

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

    @Test("rewards 1, 2, 3 and 6 lie −2, −1, 0 and 3 from their mean of 3, by √3.5")
    func rewards123And6Lie21() {
        let found = GroupAdvantages([[1, 2, 3, 6]])
        #expect(difference(found.values[0], [-2, -1, 0, 3].map { $0 / 3.5.squareRoot() }) < 1e-15)
        #expect(found.deadGroups == 0)
    }

    @Test("advantages and dead groups are those of the reference")
    func advantagesAndDeadGroupsAreThoseOfTheReference() throws {
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

    @Test("groups of equal rewards get exact zeros and are counted")
    func groupsOfEqualRewardsGetExactZerosAndAre() {
        let found = GroupAdvantages([[0.1, 0.1, 0.1], [0, 1, 0], [0.7, 0.7, 0.7]])
        #expect(found.values[0] == [0, 0, 0])
        #expect(found.values[2] == [0, 0, 0])
        #expect(found.values[1][1] > 0)
        #expect(found.deadGroups == 2)
    }

    @Test("a group's advantages have mean 0 and deviation 1 and do not see shift or scale", arguments: 0..<20)
    func aGroupSAdvantagesHaveMean0AndDeviation(seed: Int) {
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
}
