import Collaboration
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

    @Test("an empty table stays empty, and equal scores all get the minimum")
    func constantTablePaysTheMinimum() {
        #expect(CollaborativeReward.normalized([]).isEmpty)
        #expect(CollaborativeReward.normalized([0.3, 0.3]) == [0, 0])
        #expect(CollaborativeReward.minimum == 0)
    }
}
