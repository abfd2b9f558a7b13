import Pipeline
import Testing

@testable import Report

@Suite("What a run says of its gain") struct GainNotesTests {
    private func arm(_ arm: RankerArm, over baseline: Double?, both: Double? = nil) -> RankerComparison.Arm {
        func metric(_ value: Double) -> RankerComparison.Metric {
            let difference = Estimate(value: value, lower: value - 0.001, upper: value + 0.001)
            return .init(
                task: "CTCVR", metric: "auc", estimate: Estimate(value: 0.9, lower: 0.8, upper: 1),
                difference: difference)
        }
        return .init(
            arm: arm, metrics: baseline.map { [metric($0)] } ?? [], segments: [], auctions: [],
            bothOver: both.map { [metric($0)] })
    }

    private func notes(_ arms: [RankerComparison.Arm]) -> [String] {
        RankerComparison(trainingImpressions: 1, testImpressions: 1, testConversions: 1, arms: arms)
            .gainNotes(users: 156)
    }

    @Test("a gain that every placebo lacks is the reasoning's") func gain() {
        let found = notes([
            arm(.baseline, over: nil), arm(.both, over: 0.004), arm(.shuffled, over: 0.001, both: 0.003),
            arm(.history, over: 0.001, both: 0.002), arm(.oracleText, over: 0.1, both: -0.1),
        ])
        #expect(found[0] == "+ both over the baseline, CTCVR AUC: a gain, 0.0040 [0.0030, 0.0050].")
        #expect(found[1].hasSuffix("larger than 2 of 2. The gain is the reasoning's."))
        #expect(found[2].contains("With 156 users an interval reaches 0.0010"))
    }

    @Test("a gain that a placebo has is not, and one that is ahead is named") func placebo() {
        let found = notes([
            arm(.both, over: 0.0005), arm(.shuffled, over: 0.001, both: 0.0005),
            arm(.purchases, over: 0.005, both: -0.004),
        ])
        #expect(found[0].contains("no evidence of a gain, 0.0005 [-0.0005, 0.0015]"))
        #expect(
            found[1].hasSuffix(
                "larger than 0 of 2, smaller than + both, purchase vectors (placebo). A gain that placebos "
                    + "have "
                    + "is not the reasoning's."))
        #expect(notes([arm(.both, over: -0.005)])[0].contains("a loss"))
        #expect(notes([]).isEmpty)
    }
}
