import Pipeline
import TestSupport
import Testing

@testable import Reproduction

@Suite("Arms and pooled rows") struct ReproductionArmTests {
    private func scored(_ hits: [Bool?], ranks: [Int?], ctcvr: [Double]) -> ScoredAnswers {
        ScoredAnswers(
            name: "row", format: nil, categoryHits: hits.map { [$0, false, nil] }, titleRanks: ranks,
            ctcvr: ctcvr,
            similarity: ctcvr)
    }

    @Test("seeds are pooled per user, and each seed's mean is kept") func seedsArePooled() {
        let row = PooledAnswers(
            name: "row",
            seeds: [
                scored([true, nil], ranks: [3, nil], ctcvr: [0.1, 0.2]),
                scored([false, true], ranks: [60, 0], ctcvr: [0.3, 0]),
            ])
        #expect(row.values(.category(0)) == [1, 0, 1] && row.values(.category(2)).isEmpty)
        #expect(row.values(.hit(50)) == [1, 0, 0, 1] && row.values(.hit(100)) == [1, 0, 1, 1])
        #expect(row.values(.ctcvr) == [0.1, 0.2, 0.3, 0])
        #expect(difference(row.means(.ctcvr), [0.15, 0.15]) < 1e-12)
        #expect(row.formatRate(\.thinkNonEmpty) == nil)
    }

    @Test("every arm differs from the main run as its name says, and has a separate folder")
    func armsDifferAsNamed() {
        let arms: [ReproductionArm] =
            [.base, .orft, .popo, .withoutRUPR, .popoLight, .gdpo] + [0, 0.25, 0.5, 1].map { .fixed($0) }
            + Variation.allCases.map { .changed($0) }
        let main = TaijiConfiguration()
        let folders = arms.compactMap { $0.folder(main) }
        #expect(Set(folders).count == folders.count && Set(arms.map(\.name)).count == arms.count)
        for arm in arms {
            #expect((arm.configuration(main) == main) == (arm.folder(main) == nil), "\(arm.name)")
        }
        #expect(arms.filter { $0.folder(main) == nil } == [.base, .orft, .popo])
        #expect(
            ReproductionArm.fixed(0.25).configuration(main).collaborate.weighting.initialWeights == [
                0.25, 0.75,
            ])
        #expect(ReproductionArm.grpo.name == "ORFT + GRPO, 0.5 / 0.5")
    }

    @Test("a main run that aligns with another method is not taken for POPO's") func mainRunOfAnotherMethod()
    {
        var main = TaijiConfiguration()
        main.collaborate.weighting.method = .popoLight
        #expect(ReproductionArm.popo.configuration(main).collaborate.weighting.method == .popo)
        #expect(ReproductionArm.popo.folder(main) == "popo" && ReproductionArm.popoLight.folder(main) == nil)
        main.collaborate.weighting.method = .fixed
        #expect(ReproductionArm.grpo.folder(main) == nil && ReproductionArm.fixed(0.25).folder(main) != nil)
        let variation = ReproductionArm.changed(.higherRate).configuration(main)
        #expect(variation.collaborate.weighting.method == .popo)
    }
}
