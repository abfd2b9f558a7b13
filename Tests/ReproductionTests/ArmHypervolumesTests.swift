import Pipeline
import Testing

@testable import Reproduction

@Suite("Hypervolumes of arms") struct ArmHypervolumesTests {
    private func row(_ name: String, similarity: [Double], ctcvr: [Double]) -> PooledAnswers {
        PooledAnswers(
            name: name,
            seeds: [
                ScoredAnswers(
                    name: name, format: nil, categoryHits: [], titleRanks: [], ctcvr: ctcvr,
                    similarity: similarity)
            ])
    }

    @Test("the area lies above the base model's point of the same resample")
    func areaIsAboveTheBaseModel() {
        let volumes = ArmHypervolumes(
            [
                row("both", similarity: [0.5, 0.7], ctcvr: [0.03, 0.05]),
                row("similar", similarity: [0.9, 0.9], ctcvr: [0.01, 0.03]),
                row("below", similarity: [0.1, 0.1], ctcvr: [0.09, 0.09]),
            ], above: row("base", similarity: [0.2, 0.4], ctcvr: [0.01, 0.01]))
        #expect(volumes.names == ["both", "similar", "below"] && volumes.userCount == 2)
        // (0.6 − 0.3) × (0.04 − 0.01), and (0.9 − 0.3) × (0.02 − 0.01).
        #expect(abs(volumes.volume(of: [0], nil) - 0.009) < 1e-12)
        #expect(abs(volumes.volume(of: [1], nil) - 0.006) < 1e-12)
        #expect(volumes.volume(of: [2], nil) == 0)
        // Together: 0.3 × 0.03 + (0.6 − 0.3) × 0.01.
        #expect(abs(volumes.volume(of: [0, 1, 2], nil) - 0.012) < 1e-12)
        // The second user twice: the base model's point moves as well.
        #expect(abs(volumes.volume(of: [0], [0, 2]) - (0.7 - 0.4) * (0.05 - 0.01)) < 1e-12)
    }
}
