import Foundation
import Pipeline
import RankingModels
import TestSupport
import Testing

@testable import RankingExperiment

@Suite("Kept scores of rankers") struct RankerScoresTests {
    private func scores(_ offset: Double, auctions: [Double]) -> RankerScores {
        var test = Ranker.Scores()
        test.ctr = [0.1 + offset, 1 / 3.0, 0]
        test.ctcvr = [0.01 + offset, Double.leastNonzeroMagnitude, 0]
        return RankerScores(test: test, auctions: auctions)
    }

    @Test("a second call trains nothing again and has the same bits") func secondCallTrainsNothing() throws {
        try withTemporaryFolder { folder in
            let kept = KeptRankerScores(folder: folder)
            let made = try kept.scores(.both, seed: 0) { scores(0, auctions: [0.5, 0.25]) }
            _ = try kept.scores(.both, seed: 1) { scores(1e-17, auctions: []) }
            let again = try KeptRankerScores(folder: folder).scores(.both, seed: 0) {
                Issue.record("trained again")
                return scores(1, auctions: [])
            }
            #expect(again.test == made.test && again.auctions == [0.5, 0.25])
            let second = try kept.scores(.both, seed: 1) { scores(1, auctions: [1]) }
            #expect(second.test == scores(1e-17, auctions: []).test && second.auctions.isEmpty)
            // Another arm's are not taken for these.
            let other = try kept.scores(.codes, seed: 0) { scores(0.2, auctions: []) }
            #expect(other.test.ctr[0] == 0.1 + 0.2)

            try kept.remove(seeds: 2)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test("rankers that could not be trained leave nothing") func failureLeavesNothing() throws {
        struct Failure: Error {}
        try withTemporaryFolder { folder in
            #expect(throws: Failure.self) {
                try KeptRankerScores(folder: folder).scores(.both, seed: 0) { throw Failure() }
            }
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            #expect(files.isEmpty)
        }
    }
}
