import Collaboration
import Foundation
import Pipeline
import TestSupport
import Testing

@Suite("Eq. (4), scaling of the collaborative reward") struct CollaborativeRewardTests {
    private struct Inputs: Decodable, Sendable { let values: [Double] }
    private struct Expected: Decodable, Sendable { let normalized: [Double] }
    private struct File: Decodable { let normalizationCases: [GoldenCase<Inputs, Expected>] }

    @Test("scaled scores match the reference") func scalingMatchesReference() throws {
        let cases = try Golden.read("eq04", as: File.self).normalizationCases
        #expect(cases.count >= 5)
        for example in cases {
            let found = CollaborativeReward.normalized(example.inputs.values)
            #expect(difference(found, example.expected.normalized) < Tolerance.float64, "\(example.name)")
        }
    }

    @Test("scaling keeps the order, spans 0…1 and ignores shift and scale", arguments: 0..<20)
    func scalingKeepsOrder(seed: Int) {
        var random = TestRandom(seed: seed)
        let values = random.values(12, in: 0...0.01)
        let scaled = CollaborativeReward.normalized(values)
        #expect(scaled.min() == 0 && scaled.max() == 1, "seed \(seed)")
        let order = values.indices.sorted { values[$0] < values[$1] }
        #expect(order == scaled.indices.sorted { scaled[$0] < scaled[$1] }, "seed \(seed)")
        let moved = CollaborativeReward.normalized(values.map { 4 * $0 + 0.5 })
        #expect(difference(moved, scaled) < 1e-9, "seed \(seed)")
    }

    @Test("a lift pays for what a user buys more than others, and not for what everybody buys")
    func liftIsPersonal() {
        // Everybody buys the first; this user buys the second more than others, the third less.
        let means = [0.2, 0.01, 0.01, 0]
        let scores = [0.2, 0.04, 0.005, 1e-9]
        let lifts = CollaborativeReward.normalized(scores, by: .lift, means: means)
        #expect(lifts[1] == 1 && lifts[2] == 0)
        // As likely as for everybody: log 1 = 0 between both ends, where a title that nobody buys stays too.
        let prior = 0.055
        let (high, low) = (log((0.04 + prior) / (0.01 + prior)), log((0.005 + prior) / (0.01 + prior)))
        #expect(abs(lifts[0] + low / (high - low)) < 1e-12 && abs(lifts[3] - lifts[0]) < 1e-6)
        #expect(CollaborativeReward.normalized(scores, by: .log)[0] == 1)
        // Scores of all users alike leave nothing to pay.
        #expect(CollaborativeReward.normalized(means, by: .lift, means: means) == [0, 0, 0, 0])
        #expect(CollaborativeReward.normalized([0, 0], by: .lift, means: [0, 0]) == [0, 0])
    }

    @Test("an empty table stays empty, and equal scores all get the minimum")
    func constantTablePaysTheMinimum() {
        #expect(CollaborativeReward.normalized([]).isEmpty)
        #expect(CollaborativeReward.normalized([0.3, 0.3]) == [0, 0])
        #expect(CollaborativeReward.minimum == 0)
    }
}
